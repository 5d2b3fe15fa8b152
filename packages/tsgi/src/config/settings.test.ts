import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { Command, fixtures } from '../../test/command.ts'
import { type FlagValues, flags } from './flags.ts'
import { readSettings } from './settings.ts'
import type { TsgiConfig } from './tsgi-config.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
/** Writes a configuration file under a new name, because Node loads each module only once. */
async function config(content: string): Promise<string> {
  const path = join(folder, `config-${files++}.ts`)
  await writeFile(path, content)
  return path
}

const configOf = (value: object) => config(`export default ${JSON.stringify(value)}`)

describe('a configuration file', () => {
  it('accepts every flag', async () => {
    const path = await configOf({
      app: './app.ts',
      http: ':8000',
      unix: ['/run/a.sock', '/run/b.sock'],
      workers: 2,
      trustProxy: ['10.0.0.0/8', '::1'],
      proxyHeaders: ['forwarded', 'x-forwarded-prefix'],
      rootPath: '/app',
      requestTimeout: '1.5s',
      keepAliveTimeout: 250,
      maxRss: '100MiB',
      maxBodySize: 1_000_000,
      stats: '[::1]:9191',
    } satisfies TsgiConfig)
    expect(await readSettings(['--config', path], 'serve')).toEqual({
      config: path,
      app: join(folder, 'app.ts'),
      http: [':8000'],
      unix: ['/run/a.sock', '/run/b.sock'],
      workers: 2,
      trustProxy: ['10.0.0.0/8', '::1'],
      proxyHeaders: ['forwarded', 'x-forwarded-prefix'],
      rootPath: '/app',
      requestTimeout: 1_500,
      keepAliveTimeout: 250,
      maxRss: 104_857_600,
      maxBodySize: 1_000_000,
      stats: { host: '::1', port: 9191 },
    })
    expectTypeOf<Exclude<keyof FlagValues, 'config'>>().toEqualTypeOf<Exclude<keyof TsgiConfig, 'app'>>()
    expectTypeOf<{ workres: 2 }>().not.toExtend<Required<TsgiConfig>>()
    // @ts-expect-error not a flag
    void ({ workres: 2 } satisfies TsgiConfig)
  })

  it('is overridden by the command line', async () => {
    const path = await configOf({ app: './app.ts', http: ':8000', workers: 2, maxBodySize: 5 })
    const settings = await readSettings(
      ['own.ts', '--config', path, '--workers', '3', '--http', ':1'],
      'serve',
    )
    expect(settings).toMatchObject({ app: 'own.ts', workers: 3, http: [':1'], maxBodySize: 5 })
  })

  it('is rejected with the name of the invalid option and the expected value', async () => {
    for (const [content, message] of [
      [
        'export default { workers: 0 }',
        /: workers must be a whole number from 1 to 999, or 'auto', got '0'$/,
      ],
      ['export default { gracefulTimeout: "soon" }', /: gracefulTimeout must be a duration from 0 ms/],
      ['export default { http: ["x"] }', /: http must be HOST:PORT or :PORT, got 'x'$/],
      ['export default { workres: 2 }', /: unknown option 'workres', did you mean 'workers'\?$/],
      ['export default { config: "x" }', /: unknown option 'config'/],
      ['export default { constructor: 1 }', /: unknown option 'constructor'/],
      ['export default { app: 1 }', /: app must be the path of a module, got number$/],
      ['export default 1', /: the default export must be an object, got number$/],
      ['export const workers = 2', /: the default export must be an object, got undefined$/],
    ] as const) {
      const refused = readSettings(['app.ts', '--config', await config(content)], 'serve')
      await expect(refused).rejects.toThrow(message)
      await expect(refused).rejects.toMatchObject({ name: 'CommandError', exitCode: 2 })
    }
    await expect(readSettings(['app.ts', '--config', 'none.ts'], 'serve')).rejects.toThrow(
      '--config: there is no file none.ts',
    )
    await expect(readSettings([], 'serve')).rejects.toThrow(
      "serve needs the FILE of an application, or 'app' in tsgi.config.ts",
    )
  })

  it('is found in the working directory, and its errors are shown with their stack', async () => {
    await writeFile(
      join(folder, 'tsgi.config.ts'),
      `export default { app: ${JSON.stringify(join(fixtures, 'hello.ts'))}, http: '127.0.0.1:0', workers: 1 }`,
    )
    using command = new Command({ cwd: folder }, 'serve')
    const [url] = await command.addresses()
    expect(await (await fetch(url!)).text()).toBe('Hello from the fixture')
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
    await writeFile(join(folder, 'tsgi.config.ts'), `throw new Error('broken configuration')`)
    using broken = new Command({ cwd: folder }, 'serve')
    expect(await broken.exit).toBe(1)
    expect(broken.stderr).toMatch(/Error: broken configuration\n\s+at /)
  })

  it('has the same options as the help', async () => {
    using help = new Command('serve', '--help')
    await help.exit
    for (const [, { help: line }] of Object.entries(flags)) {
      expect(help.stdout.replaceAll(/\s+/g, ' ')).toContain(line)
    }
  })
})
