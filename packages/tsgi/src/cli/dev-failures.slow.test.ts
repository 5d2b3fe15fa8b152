import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Command } from '../../test/command.ts'

let root = ''
let folder = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tsgi-dev-'))
})
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'app-'))
})
afterAll(() => rm(root, { recursive: true }))

const write = (content: string) => writeFile(join(folder, 'app.ts'), content)
const works = (word: string) =>
  `export default () => new Response('${word}', { headers: { 'content-type': 'text/plain' } })`

async function get(url: string, accept = 'text/html'): Promise<string> {
  const response = await fetch(url, { headers: { accept, connection: 'close' } })
  return `${response.status} ${await response.text()}`
}

/** What can be wrong with a module, and the page that says so. */
const failures: readonly (readonly [name: string, content: string, page: RegExp])[] = [
  ['exits', 'process.exit(3)', /^503 [\s\S]*The process of the application exited with code 3\./],
  [
    'is killed',
    "process.kill(process.pid, 'SIGKILL')\nawait new Promise(() => {})",
    /^503 [\s\S]*was killed by SIGKILL\./,
  ],
  ['rejects', "await Promise.reject(new Error('rejected at import'))", /^500 [\s\S]*rejected at import/],
  [
    'rejects without waiting',
    "Promise.reject(new Error('not awaited'))\nawait new Promise(() => {})",
    /^500 [\s\S]*not awaited/,
  ],
  [
    'throws in a timer',
    "setTimeout(() => { throw new Error('thrown later') })\nawait new Promise(() => {})",
    /^500 [\s\S]*thrown later/,
  ],
  ['throws text', "throw 'a text'", /^500 [\s\S]*a text/],
  ['throws nothing', 'throw undefined', /^500 [\s\S]*undefined was thrown, which is not an Error/],
  ['never stops computing', 'for (;;);', /^503 [\s\S]*The application has not finished loading after 5 s/],
  [
    'waits for ever',
    'await new Promise(() => {})',
    /^503 [\s\S]*The application has not finished loading after 5 s/,
  ],
  ['exports nothing', 'export {}', /^500 [\s\S]*it exports nothing/],
  ['is no module', 'this is no module', /^500 [\s\S]*SyntaxError/],
]

describe.each(failures)('tsgi dev with a module that %s', (_, content, page) => {
  it('shows a page that says so, and recovers when a mended file is saved', async () => {
    await write(content)
    using command = new Command({ cwd: folder }, 'dev', 'app.ts', '--http', '127.0.0.1:0')
    const [url] = await command.addresses()
    expect(await get(url!)).toMatch(page)
    await write(works('mended'))
    await expect.poll(() => get(url!, 'text/plain'), { timeout: 10_000 }).toBe('200 mended')
    await write(content)
    await command.printed('app.ts has changed', 2)
    expect(await get(url!)).toMatch(page)
    await write(works('mended again'))
    await expect.poll(() => get(url!, 'text/plain'), { timeout: 10_000 }).toBe('200 mended again')
    command.process.kill('SIGINT')
    expect(await command.exit).toBe(0)
  }, 60_000)
})

describe('tsgi dev', () => {
  it('shows the application when it has loaded at last', async () => {
    await write(`await new Promise((resolve) => setTimeout(resolve, 7_000))\n${works('loaded')}`)
    using command = new Command({ cwd: folder }, 'dev', 'app.ts', '--http', '127.0.0.1:0')
    const [url] = await command.addresses()
    expect(await get(url!, 'text/plain')).toMatch(/^503 The application has not finished loading after 5 s/)
    await expect.poll(() => get(url!, 'text/plain'), { timeout: 10_000 }).toBe('200 loaded')
  }, 60_000)

  it('shows a page while an application that has exited restarts', async () => {
    await write(
      `${works('x')
        .replace('() =>', '() => (setTimeout(() => process.exit(4), 100), ')
        .replace("'text/plain' } })", "'text/plain' } }))")}`,
    )
    using command = new Command({ cwd: folder }, 'dev', 'app.ts', '--http', '127.0.0.1:0')
    const [url] = await command.addresses()
    // Each restart is delayed for longer.
    for (let n = 0; n < 6; n++) {
      await expect.poll(() => get(url!).catch(() => ''), { timeout: 20_000 }).toBe('200 x')
      await command.printed('exited with code 4', n + 1)
    }
    expect(await get(url!)).toMatch(/^503 [\s\S]*exited with code 4\./)
  }, 60_000)

  it('loads a file that is created later', async () => {
    using command = new Command({ cwd: folder }, 'dev', 'app.ts', '--http', '127.0.0.1:0')
    const [url] = await command.addresses()
    expect(await get(url!)).toMatch(/^500 [\s\S]*app\.ts: there is no such file/)
    expect(await get(url!, 'text/plain')).toBe('500 app.ts: there is no such file\n')
    expect(command.stderr).toBe('tsgi: app.ts: there is no such file\n')
    await write(works('created'))
    await expect.poll(() => get(url!, 'text/plain'), { timeout: 10_000 }).toBe('200 created')
  })
})
