import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { client } from '@tsgi/core/testing'
import { expect, it } from 'vitest'
import { requireProgram } from '../../scripts/programs.ts'
import { scratch } from './front.ts'

const root = join(import.meta.dirname, '../..')
const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
const uwsgi = requireProgram('uwsgi')
const python = requireProgram('uwsgi-python3')

it.runIf(uwsgi && python)(
  'forwards /python to a Python application and handles everything else',
  async () => {
    using folder = scratch()
    const socket = join(folder.path, 'python.sock')
    const [, command] = /^uwsgi (--plugins python3 .+)$/m.exec(readme)!
    const args = command!.replace('/run/app', folder.path).split(' ')
    const backend = spawn(uwsgi!, args, { cwd: root, stdio: 'ignore' })
    const ended = once(backend, 'exit')
    try {
      await expect.poll(() => existsSync(socket)).toBe(true)
      process.env.PYTHON_SOCKET = `uwsgi:${socket}`
      const { application } = await import('./python.ts')
      const web = client(application)
      expect(await (await web.get('/python/')).text()).toBe('<h1>Hello world</h1>')
      expect(await (await web.get('/elsewhere')).text()).toContain('pathInfo: /elsewhere\n')
    } finally {
      backend.kill('SIGINT')
      await ended
    }
  },
)
