import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Command } from '../../packages/tsgi/test/command.ts'
import { freePort } from '../../scripts/ports.ts'
import { PostgresServer } from '../../scripts/postgres-server.ts'
import { requireProgram } from '../../scripts/programs.ts'
import { RedisServer } from '../../scripts/redis-server.ts'
import { Nginx, replace } from '../12-behind-nginx/front.ts'

const programs = { nginx: requireProgram('nginx'), redis: requireProgram('redis-server') }
const postgres = new PostgresServer()
const redis = new RedisServer(programs.redis ?? '')

beforeAll(async () => {
  if (programs.nginx && programs.redis) await Promise.all([postgres.start(), redis.start()])
}, 60_000)
afterAll(async () => {
  await postgres[Symbol.asyncDispose]()
  await redis[Symbol.asyncDispose]()
})

/** Starts the server of one machine: a master and two workers. */
function startMachine(program: string): Command {
  const env = {
    SECRETS: 'a-secret-of-at-least-32-characters',
    DATABASE_URL: postgres.url,
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
  }
  const options = ['--http', '127.0.0.1:0', '--workers', '2', '--trust-proxy', '1']
  return new Command({ cwd: import.meta.dirname, env }, 'serve', program, ...options)
}

/** Returns the configuration of the chapter with other addresses, which also tells clients the address of the machine. */
function configuration(port: number, machines: readonly string[]): string {
  const changes = [
    ['listen 80;', `listen 127.0.0.1:${port};`],
    ...machines.map((address, index) => [`10.0.0.${index + 1}:8000`, new URL(address).host]),
    ['proxy_pass http://app;', 'proxy_pass http://app; add_header X-Machine $upstream_addr;'],
  ] as const
  return changes.reduce(
    (text, [part, replacement]) => replace(text, part!, replacement!),
    readFileSync(join(import.meta.dirname, 'nginx.conf'), 'utf8'),
  )
}

class Visitor {
  readonly #origin: string
  readonly #name: string
  readonly machines: Set<string> = new Set()
  cookie = ''

  constructor(origin: string, name: string) {
    this.#origin = origin
    this.#name = name
  }

  async signIn(): Promise<void> {
    await this.send('/sign-in', { method: 'POST', body: new URLSearchParams({ name: this.#name }) })
  }

  async send(path: string, init: RequestInit = {}): Promise<string> {
    const headers = { cookie: this.cookie }
    const response = await fetch(this.#origin + path, { headers, redirect: 'manual', ...init })
    const [cookie] = response.headers.getSetCookie()
    if (cookie !== undefined) this.cookie = cookie.split(';')[0]!
    this.machines.add(response.headers.get('x-machine')!)
    return response.text()
  }
}

describe.runIf(programs.nginx && programs.redis).each([
  ['Redis', 'redis.ts'],
  ['PostgreSQL', 'postgres.ts'],
])('two machines behind nginx that share sessions in %s', (_, program) => {
  it('count every visit, sign visitors out everywhere, and keep others signed in when one stops', async () => {
    const machines = [startMachine(program), startMachine(program)]
    const addresses = (await Promise.all(machines.map((machine) => machine.addresses()))).flat()
    const port = await freePort()
    await using _nginx = await Nginx.start(configuration(port, addresses))
    const [ada, bob] = ['Ada', 'Bob'].map((name) => new Visitor(`http://127.0.0.1:${port}`, name))
    for (const visitor of [ada!, bob!]) await visitor.signIn()

    await Promise.all(Array.from({ length: 200 }, () => ada!.send('/')))
    expect(ada!.machines.size).toBe(2)
    expect(await ada!.send('/')).toContain('Hello Ada, this is visit 201.')

    const stolen = bob!.cookie
    await bob!.send('/sign-out', { method: 'POST' })
    for (const address of addresses) {
      const response = await fetch(address, { headers: { cookie: stolen } })
      expect(await response.text()).toContain('Hello stranger')
    }

    const [first, second] = machines
    first!.process.kill('SIGTERM')
    expect(await first!.exit).toBe(0)
    for (let visit = 202; visit < 210; visit++) {
      expect(await ada!.send('/')).toContain(`Hello Ada, this is visit ${visit}.`)
    }
    second!.process.kill('SIGTERM')
    expect(await second!.exit).toBe(0)
  }, 60_000)
})
