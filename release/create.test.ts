/** `npm create tsgi` with the published packages: chapter 0 word by word, and the other package managers and versions of Node. */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { freePort } from '../scripts/ports.ts'
import { requireProgram } from '../scripts/programs.ts'
import { root } from '../scripts/sources.ts'
import { runtimes } from './consumer.ts'
import { createProject, installAndTest } from './create-project.ts'
import { Shell } from './shell.ts'

const registry = inject('registry')
const scratch = inject('scratch')
const own = (path: string) => join(import.meta.dirname, 'node_modules', path)

const { promise: created, resolve: create } = Promise.withResolvers<Shell>()

const chapter = readFileSync(join(root, 'examples/00-create/README.md'), 'utf8')

describe('chapter 0', () => {
  const [untilDeployment = ''] = chapter.split('## 6.')
  /** The commands and files, in order. */
  const blocks = [...untilDeployment.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)]

  it('does what it says, up to the deployment', async () => {
    const shell = new Shell(scratch, registry)
    const port = await freePort()
    const here = (command: string) => command.replace(':8000', `:${port}`)
    const get = async (path: string) => (await fetch(`http://localhost:${port}${path}`)).text()
    for (const [, , file, text = ''] of blocks) {
      if (file !== undefined) {
        // A block shows a part; the folder of the chapter has the whole file.
        mkdirSync(dirname(shell.path(file)), { recursive: true })
        cpSync(join(root, 'examples/00-create', file), shell.path(file))
        continue
      }
      for (const command of text.trimEnd().split('\n')) {
        if (/npm (?:run dev|start)$/.test(command)) {
          await using server = shell.start(`${command} -- --http localhost:${port}`)
          await expect
            .poll(() => server.output, { timeout: 30_000 })
            .toContain(`listening on http://localhost:${port}`)
          expect(await get('/')).toContain('<h1>my-app</h1>')
          if (command.endsWith('npm start'))
            expect(await shell.run(here('curl --silent http://localhost:8000/health'))).toBe('ready\n')
          else expect(server.output).toMatch(/GET +\/guestbook/)
          if (command === 'npm run dev') await server.interrupt()
        } else if (!command.startsWith('curl ')) {
          // At a terminal, the command would ask.
          const answer = command.startsWith('npm create ') ? ' -- --install' : ''
          const output = await shell.run(command + answer)
          if (command === 'npm test') expect(output).toContain('✔ shows an entry to everyone')
        }
      }
    }
    expect(await shell.run('ls')).toContain('package-lock.json')
    // Here, the compiler has no types of the DOM.
    await shell.run('npm run types')
    create(shell)
  }, 180_000)

  it.each(['Node 22.18', 'Node 26'] as const)(
    'creates a project whose tests pass on %s, too',
    async (node) => {
      const shell = await created
      expect(await shell.run(`'${runtimes[node]}' --test`)).toMatch(/^[ℹ#] pass [1-9][\s\S]*^[ℹ#] fail 0/m)
    },
  )

  it('creates a project whose container works', async () => {
    const shell = await created
    const lines = readFileSync(shell.path('Dockerfile'), 'utf8').split('\n')
    const image = new Shell(scratch, registry)
    for (const [, files = ''] of lines.map((line) => /^COPY (?!--from)(.+)$/.exec(line) ?? [])) {
      const names = files.split(' ').slice(0, -1)
      for (const name of names) cpSync(shell.path(name), image.path(name), { recursive: true })
    }
    const [install] = lines.filter((line) => line.startsWith('RUN '))
    await image.run(install!.slice(4))
    expect(existsSync(image.path('node_modules/typescript'))).toBe(false)
    const command: string[] = JSON.parse(lines.findLast((line) => line.startsWith('CMD '))!.slice(4))
    const address = `127.0.0.1:${await freePort()}`
    Object.assign(image.env, { NODE_ENV: 'production', SESSION_SECRET: 'for-the-tests-alone-32-characters' })
    await using server = image.start(`exec ${command.join(' ').replace(':8000', address)} --drain-delay 0s`)
    await expect.poll(() => server.output, { timeout: 30_000 }).toContain('is ready')
    expect((await fetch(`http://${address}/guestbook`)).status).toBe(200)
    expect((await fetch(`http://${address}/health`)).status).toBe(200)
    await server.interrupt()
    expect(server.output).toContain('stopping')
  }, 120_000)
})

const nginx = requireProgram('nginx')

describe.runIf(nginx)('the guestbook of chapter 0', () => {
  it('works behind nginx with the configuration of the project', async () => {
    const shell = await created
    const ports = [await freePort(), await freePort(), await freePort()]
    const data = shell.path('front')
    mkdirSync(data)
    const [plain, tls, app] = ports.map((port) => `127.0.0.1:${port}`)
    const configuration = readFileSync(shell.path('deploy/nginx.conf'), 'utf8')
      .replace('listen 80;', `listen ${plain};`)
      .replace('listen 443 ssl', `listen ${tls} ssl`)
      .replace('127.0.0.1:8000', app!)
      .replaceAll('/etc/letsencrypt/live/example.org', data)
      .replaceAll('/var/log/nginx', data)
      .replaceAll('example.org', 'localhost')
    const whole = `daemon off; pid ${data}/pid; error_log stderr; events {} http { ${configuration} }`
    writeFileSync(shell.path('nginx.conf'), whole)
    const [makeCertificate = ''] = /openssl req -x509[\s\S]*?fullchain\.pem/.exec(chapter) ?? []
    await shell.run(
      `SITE=localhost; ${makeCertificate.replaceAll('/etc/letsencrypt/live/$SITE', data)} 2>/dev/null`,
    )

    Object.assign(shell.env, { NODE_ENV: 'production', SESSION_SECRET: 'for-the-tests-alone-32-characters' })
    await using server = shell.start(`exec node_modules/.bin/tsgi serve --http ${app} --drain-delay 0s`)
    await expect.poll(() => server.output, { timeout: 30_000 }).toContain('is ready')
    await using _front = shell.start(`exec ${nginx} -c ${shell.path('nginx.conf')} -e stderr`)
    const curl =
      'curl --silent --insecure --location --cookie-jar jar --cookie jar --retry 20 --retry-connrefused'
    const url = `https://localhost:${ports[1]}/guestbook`
    const page = await shell.run(`${curl} ${url} --data name=Ada --data message=Hello`)
    expect(page).toContain('Thank you for your entry.')
    expect(page).toContain('<strong>Ada</strong>: Hello')
    expect(page).toContain('value="Ada"')
    // The sixth column says that the cookie is Secure.
    expect(readFileSync(shell.path('jar'), 'utf8')).toMatch(/^#HttpOnly_localhost\t\w+\t\/\tTRUE\t/m)
  }, 120_000)
})

describe('other package managers and versions of Node', () => {
  // `pnpm matrix` also installs and tests what they create.
  it.each([
    ['pnpm', 'api', 'Node 22.18'],
    ['yarn', 'site', 'Node 26'],
  ] as const)(
    '%s creates a project of the kind %s on %s',
    async (manager, kind, node) => {
      const shell = new Shell(scratch, registry, node)
      expect(await createProject(shell, manager, kind)).toContain(`${manager} install\n  ${manager} run dev`)
      expect(await shell.run('ls')).toContain('package.json')
    },
    60_000,
  )

  it('bun creates, installs and tests a middleware package, and packs it with its build', async () => {
    const shell = new Shell(scratch, registry, 'Node 22.18')
    expect(await createProject(shell, 'bun', 'middleware')).toContain('bun install\n  bun run dev')
    expect(await installAndTest(shell, 'bun')).toMatch(/^[ℹ#] pass [1-9][\s\S]*^[ℹ#] fail 0/m)
    const output = await shell.run('npm pack --json --loglevel silent')
    const [{ files }] = JSON.parse(output.replace(/^[^[]*/, ''))
    const paths = files.map(({ path }: { path: string }) => path)
    const built = ['dist/request-id.js', 'dist/request-id.d.ts']
    expect(paths).toEqual(expect.arrayContaining([...built, 'src/request-id.ts']))
    expect(paths).not.toContain('test/request-id.test.ts')
  }, 120_000)

  it('says which Node it needs, if it runs on Node 20', async () => {
    const shell = new Shell(scratch, registry)
    const cli = await installedCommand()
    await expect(shell.run(`${own('node-20/bin/node')} ${cli} app`)).rejects.toThrow(
      /create-tsgi: needs Node\.js 22\.18 or newer, this is v20\./,
    )
  })
})

describe('at a terminal', () => {
  /** Answers questions, each after the text that announces it. */
  async function answer(shell: Shell, command: string, answers: readonly (readonly [string, string])[]) {
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: shell.path('.'),
      env: shell.env,
    })
    let output = ''
    const ended = new Promise<number | null>((resolve) => terminal.once('close', resolve))
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    for (const [question, key] of answers) {
      await expect.poll(() => output, { timeout: 30_000 }).toContain(question)
      terminal.stdin.write(key)
    }
    return { code: await ended, output }
  }

  it('asks five questions, and asks again after an invalid answer', async () => {
    const shell = new Shell(scratch, registry)
    const cli = await installedCommand()
    const { code, output } = await answer(shell, `node ${cli}`, [
      ['Folder (my-app): ', '\r'],
      ['Kind (site): ', 'blog\r'],
      ["got 'blog'", 'api\r'],
      ["Pieces of the stack, or 'none' (openapi,cors,rate-limit,log): ", 'cors\r'],
      ['Package manager: npm, pnpm, yarn, bun (npm): ', 'pnpm\r'],
      ['Install the packages now? yes or no (yes): ', 'maybe\r'],
      ["got 'maybe'", 'no\r'],
      ['pnpm run dev', ''],
    ])
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(readFileSync(shell.path('my-app/src/web.ts'), 'utf8')).toContain('cors({')
  }, 60_000)

  it.each([
    ['Ctrl+C', '\u0003'],
    ['Ctrl+D', '\u0004'],
  ])(
    'leaves nothing behind after %s',
    async (_, key) => {
      const shell = new Shell(scratch, registry)
      const cli = await installedCommand()
      const { code, output } = await answer(shell, `node ${cli} app`, [
        ['Kind (site): ', '\r'],
        ['Pieces of the stack', key],
      ])
      expect(output).toContain('create-tsgi: cancelled, nothing was created')
      expect(code).toBe(130)
      expect(readdirSync(shell.path('.'))).toEqual([])
    },
    60_000,
  )
})

let installed: Promise<string> | undefined
/** Installs create-tsgi once; returns the path of its command. */
function installedCommand(): Promise<string> {
  installed ??= (async () => {
    const shell = new Shell(scratch, registry)
    writeFileSync(shell.path('package.json'), '{}')
    await shell.run('npm install create-tsgi')
    return shell.path('node_modules/create-tsgi/dist/cli.js')
  })()
  return installed
}
