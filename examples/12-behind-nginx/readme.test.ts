import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { scratch } from './front.ts'

const root = join(import.meta.dirname, '../..')
const file = (path: string) => readFileSync(join(root, path), 'utf8')
const readme = file('examples/12-behind-nginx/README.md')

it.each(['nginx-uwsgi.conf', 'nginx-http.conf', 'nginx-tls.conf'])('has a README that shows %s', (name) => {
  expect(readme).toContain(`\`\`\`nginx ${name}\n${file(`examples/12-behind-nginx/${name}`)}\`\`\`\n`)
})

it('has a README that shows hello.py', () => {
  expect(readme).toContain(`\`\`\`py hello.py\n${file('examples/12-behind-nginx/hello.py')}\`\`\`\n`)
})

it.each([
  ['the line for Apache', /^```apache\n(.+)\n```$/m, 'packages/uwsgi/test/apache.conf'],
  ['the command of uWSGI’s router', /^(uwsgi .+ --http-to .+)$/m, 'packages/uwsgi/README.md'],
])('shows %s of the README of @tsgi/uwsgi', (_, pattern, other) => {
  const [, line] = pattern.exec(readme)!
  expect(file(other)).toContain(line!.replace('/run/app/uwsgi.sock', '/run/app.sock'))
})

const commands = [...readme.matchAll(/^tsgi (serve .*\/run\/app.*)$/gm)].map(([, line]) => line!)

it('has a README that serves over uwsgi and over HTTP', () => {
  expect(commands).toHaveLength(2)
})

it.each(commands)('tsgi %s', async (command) => {
  using folder = scratch()
  const args = command.replaceAll('/run/app', folder.path).split(' ')
  const server = spawn(join(root, 'node_modules/.bin/tsgi'), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(server, 'exit')
  try {
    const [line] = await once(createInterface({ input: server.stdout }), 'line')
    const [, socket] = /^tsgi: listening on (?:unix|uwsgi):(\S+)/.exec(line)!
    expect(statSync(socket!).mode & 0o777).toBe(0o660)
  } finally {
    server.kill('SIGTERM')
    await ended
  }
})
