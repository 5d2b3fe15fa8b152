/** Runs everything: two servers with two workers each, Redis, and nginx with the chapter's configuration. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestCertificate } from '../../../packages/server/test/certificate.ts'
import { startNginx } from '../../../packages/uwsgi/test/programs.ts'
import { freePort } from '../../../scripts/ports.ts'
import { RedisServer } from '../../../scripts/redis-server.ts'
import { folder, Master } from './master.ts'
import { Visitor } from './visitor.ts'

export class Site implements AsyncDisposable {
  readonly #all: AsyncDisposableStack
  readonly #log: string
  readonly #ca: string
  readonly ports: {
    readonly http: number
    readonly https: number
    readonly one: number
    readonly two: number
  }
  readonly one: Master
  readonly two: Master

  private constructor(
    all: AsyncDisposableStack,
    log: string,
    ca: string,
    ports: Site['ports'],
    masters: readonly [Master, Master],
  ) {
    this.#all = all
    this.#log = log
    this.#ca = ca
    this.ports = ports
    this.one = masters[0]
    this.two = masters[1]
  }

  static async start(nginx: string, redisServer: string): Promise<Site> {
    await using begun = new AsyncDisposableStack()
    const scratch = mkdtempSync(join(tmpdir(), 'tsgi-deploy-'))
    begun.defer(() => rmSync(scratch, { recursive: true, force: true }))
    const redis = begun.use(new RedisServer(redisServer))
    await redis.start()
    const environment = {
      REDIS_URL: `unix://${redis.path}`,
      SESSION_SECRET: 'for-the-tests-alone-32-characters',
    }
    const ports = {
      http: await freePort(),
      https: await freePort(),
      one: await freePort(),
      two: await freePort(),
    }
    const command = join(folder, 'node_modules/.bin/tsgi')
    const start = (server: 'one' | 'two') => {
      const flags = ['--http', `127.0.0.1:${ports[server]}`, '--workers', '2', '--drain-delay', '1s']
      return begun.use(
        new Master(command, ['serve', ...flags], { environment: { ...environment, SERVER: server } }),
      )
    }
    const masters = [start('one'), start('two')] as const
    const certificate = begun.use(await TestCertificate.make())
    const log = join(scratch, 'nginx')
    mkdirSync(log)
    for (const master of masters) await master.printed('with 2 workers is ready')
    begun.use(await startNginx(nginx, log, ports.https, configuration(ports, certificate, log)))
    return new Site(begun.move(), join(log, 'app.log'), certificate.ca, ports, masters)
  }

  visitor(): Visitor {
    return new Visitor(this.ports.https, this.#ca)
  }

  /** The lines of nginx's access log. */
  get log(): string[] {
    return readFileSync(this.#log, 'utf8').trimEnd().split('\n')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#all.disposeAsync()
  }
}

/** Returns the chapter's nginx.conf with the addresses and paths of the test. */
function configuration(ports: Site['ports'], { files }: TestCertificate, log: string): string {
  const replacements = {
    '10.0.0.11:8000': `127.0.0.1:${ports.one}`,
    '10.0.0.12:8000': `127.0.0.1:${ports.two}`,
    'listen 80;': `listen 127.0.0.1:${ports.http};`,
    'listen 443 ': `listen 127.0.0.1:${ports.https} `,
    '/etc/letsencrypt/live/example.org/fullchain.pem': files.cert,
    '/etc/letsencrypt/live/example.org/privkey.pem': files.key,
    '/var/log/nginx': log,
  }
  let text = readFileSync(join(folder, 'nginx.conf'), 'utf8')
  for (const [part, replacement] of Object.entries(replacements)) {
    if (text.split(part).length !== 2) throw new Error(`nginx.conf must contain '${part}' once`)
    text = text.replace(part, replacement)
  }
  return text
}
