import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawClient } from '../../../server/test/raw-client.ts'
import { Command } from '../../test/command.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-dev-'))
})
afterAll(() => rm(folder, { recursive: true }))

const write = (name: string, content: string) => writeFile(join(folder, name), content)
const app = (expression: string) => `
import { word } from './word.ts'
const application = () => new Response(${expression}, { headers: { 'content-type': 'text/plain' } })
export default Object.assign(application, { routes: () => [{ method: 'GET', pattern: '/' + word, application }] })
`

describe('tsgi dev', () => {
  it('reloads the application when one of its modules changes, and shows its errors', async () => {
    await write('word.ts', "export const word: string = 'one'")
    await write('app.ts', app('word'))
    await write('data.txt', '')
    using command = new Command({ cwd: folder }, 'dev', 'app.ts', '--http', '127.0.0.1:0', '--workers', '3')
    const [url] = await command.addresses()
    const get = async (accept = 'text/plain') =>
      (await fetch(url!, { headers: { accept, connection: 'close' } })).text()
    expect(await get()).toBe('one')
    expect(command.stdout).toContain('METHOD  PATTERN  APPLICATION\nGET     /one')

    // A file that the application does not import causes no reload.
    await write('data.txt', 'x')
    await write('word.ts', "export const word: string = 'two'")
    await command.printed('word.ts has changed')
    // The request waits for the new worker.
    expect(await get()).toBe('two')
    expect(command.stdout).toContain('GET     /two')
    expect(command.stdout).not.toContain('data.txt')

    await write('app.ts', app("(() => { throw new Error('thrown in app.ts') })()"))
    await command.printed('app.ts has changed')
    const page = await get('text/html')
    expect(page).toContain('thrown in app.ts')
    expect(page).toMatch(/app\.ts/)
    expect(await get()).toMatch(/^Error: thrown in app\.ts\n\s+at .*app\.ts:3:/)

    await write('word.ts', "export const word: string = ''\nthrow new Error('broken <while> loading')")
    await command.printed('word.ts has changed', 2)
    expect(await get('text/html')).toContain('broken &lt;while&gt; loading')
    expect(command.stderr).toContain('Error: broken <while> loading')

    await write('app.ts', 'this is no module')
    await command.printed('app.ts has changed', 2)
    expect(await get()).toMatch(/SyntaxError/)

    await write('app.ts', 'process.exit(3)')
    await command.printed('waiting for a change')
    await write('word.ts', "export const word: string = 'three'")
    await write('app.ts', app('word'))
    await expect.poll(() => get()).toBe('three')
    command.process.kill('SIGINT')
    expect(await command.exit).toBe(0)
  })

  it('prints the routes and stops immediately, whatever the configuration says about load balancers', async () => {
    await write('word.ts', "export const word: string = 'one'")
    await write('app.ts', app('word'))
    const balanced = ['--health', '/health', '--drain-delay', '1h']
    using command = new Command({ cwd: folder }, 'dev', 'app.ts', '--http', '127.0.0.1:0', ...balanced)
    await command.addresses()
    await command.printed('GET     /one')
    command.process.kill('SIGINT')
    expect(await command.exit).toBe(0)
  })

  it('stops the resources of the old module before those of the new one start, and shows why they cannot', async () => {
    const core = pathToFileURL(join(import.meta.dirname, '../../../core/src/index.ts'))
    const exclusive = (word: string, start = "writeFile('lock', '', { flag: 'wx' })") => `
      import { unlink, writeFile } from 'node:fs/promises'
      import { setTimeout as sleep } from 'node:timers/promises'
      import { lifecycle as resources, stack, text } from '${core}'
      export const lifecycle = resources({
        lock: { start: () => ${start}, stop: () => sleep(200).then(() => unlink('lock')) },
      })
      export default stack(lifecycle)(() => text('${word}'))
    `
    await write('exclusive.ts', exclusive('one'))
    using command = new Command({ cwd: folder }, 'dev', 'exclusive.ts', '--http', '127.0.0.1:0')
    const [url] = await command.addresses()
    const get = async () => (await fetch(url!, { headers: { connection: 'close' } })).text()
    expect(await get()).toBe('one')
    await write('exclusive.ts', exclusive('two'))
    await command.printed('exclusive.ts has changed')
    expect(await get()).toBe('two')
    await write('exclusive.ts', exclusive('three', "Promise.reject(new Error('refused'))"))
    await command.printed('exclusive.ts has changed', 2)
    expect(await get()).toMatch(/^Error: lifecycle: 'lock' could not start: refused\n/)
    await write('exclusive.ts', exclusive('four'))
    await command.printed('exclusive.ts has changed', 3)
    expect(await get()).toBe('four')
    command.process.kill('SIGINT')
    expect(await command.exit).toBe(0)
  })

  it('accepts only requests for local hosts', async () => {
    using command = new Command('dev', 'hello.ts', '--http', '127.0.0.1:0')
    const [url] = await command.addresses()
    const { port } = new URL(url!)
    for (const [host, status] of [
      [`localhost:${port}`, 200],
      [`app.localhost:${port}`, 200],
      [`127.0.0.1:${port}`, 200],
      ['[::1]', 200],
      ['example.com', 403],
      [`localhost.example.com:${port}`, 403],
    ] as const) {
      using client = new RawClient(Number(port))
      client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      expect((await client.response()).status, host).toBe(status)
    }
  })

  it('does not run in production', async () => {
    using command = new Command({ env: { NODE_ENV: 'production' } }, 'dev', 'hello.ts')
    expect(await command.exit).toBe(2)
    expect(command.stderr).toContain("NODE_ENV is 'production'")
  })
})
