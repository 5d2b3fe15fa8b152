import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Command } from '../../test/command.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tsgi-dev-'))
})
afterAll(() => rm(root, { recursive: true }))

class Development implements Disposable {
  readonly command: Command
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
    this.command = new Command({ cwd: folder }, 'dev', 'app.ts', '--http', '127.0.0.1:0')
  }

  /** Runs `tsgi dev` in a folder of its own, in which app.ts has this content. */
  static async start(content?: string): Promise<Development> {
    const folder = await mkdtemp(join(root, 'app-'))
    if (content !== undefined) await writeFile(join(folder, 'app.ts'), content)
    return new Development(folder)
  }

  write(content: string, name = 'app.ts'): Promise<void> {
    return writeFile(join(this.#folder, name), content)
  }

  [Symbol.dispose](): void {
    this.command[Symbol.dispose]()
  }
}

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
  ['exports nothing', 'export {}', /^500 [\s\S]*it exports nothing/],
  ['is no module', 'this is no module', /^500 [\s\S]*SyntaxError/],
]

/** Checks that a client gets this page, and the application once a mended file is saved. */
async function recovers(development: Development, page: RegExp, word: string): Promise<void> {
  const [url] = await development.command.addresses()
  expect(await get(url!)).toMatch(page)
  await development.write(works(word))
  await expect.poll(() => get(url!, 'text/plain')).toBe(`200 ${word}`)
}

describe.each(failures)('tsgi dev with a module that %s', (_, content, page) => {
  it('shows a page that says so, and recovers when a mended file is saved', async () => {
    using development = await Development.start(content)
    const { command } = development
    await recovers(development, page, 'mended')
    await development.write(content)
    await command.printed('app.ts has changed', 2)
    await recovers(development, page, 'mended again')
    command.process.kill('SIGINT')
    expect(await command.exit).toBe(0)
  }, 60_000)
})

describe('tsgi dev with a module that does not finish loading', () => {
  const page = /^503 [\s\S]*The application has not finished loading after 5 s/

  it('shows a page, recovers when a mended file is saved, and shows the application if it loads at last', async () => {
    using computing = await Development.start('for (;;);')
    using waiting = await Development.start('await new Promise(() => {})')
    using late = await Development.start(
      `import { existsSync } from 'node:fs'
      while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 20))
      ${works('loaded')}`,
    )
    const [url] = await late.command.addresses()
    await Promise.all([recovers(computing, page, 'mended'), recovers(waiting, page, 'mended')])
    expect(await get(url!)).toMatch(page)
    await late.write('', 'go')
    await expect.poll(() => get(url!, 'text/plain')).toBe('200 loaded')
  }, 60_000)
})

describe('tsgi dev', () => {
  it('shows a page while an application that has exited restarts', async () => {
    using development = await Development.start(
      `${works('x')
        .replace('() =>', '() => (setTimeout(() => process.exit(4), 100), ')
        .replace("'text/plain' } })", "'text/plain' } }))")}`,
    )
    const { command } = development
    const [url] = await command.addresses()
    // Each restart is delayed for longer.
    for (let n = 0; n < 5; n++) {
      await expect.poll(() => get(url!).catch(() => ''), { timeout: 20_000 }).toBe('200 x')
      await command.printed('exited with code 4', n + 1)
    }
    expect(await get(url!)).toMatch(/^503 [\s\S]*exited with code 4\./)
  }, 60_000)

  it('loads a file that is created later', async () => {
    using development = await Development.start()
    const { command } = development
    const [url] = await command.addresses()
    expect(await get(url!)).toMatch(/^500 [\s\S]*app\.ts: there is no such file/)
    expect(await get(url!, 'text/plain')).toBe('500 app.ts: there is no such file\n')
    expect(command.stderr).toBe('tsgi: app.ts: there is no such file\n')
    await development.write(works('created'))
    await expect.poll(() => get(url!, 'text/plain')).toBe('200 created')
  })
})
