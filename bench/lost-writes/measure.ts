/**
 * Counts the changes to sessions that are lost: `node bench/lost-writes/measure.ts`. README.md has results. Needs
 * `redis-server`.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { accepts, freePort } from '../../scripts/ports.ts'
import { PostgresServer } from '../../scripts/postgres-server.ts'
import { requireProgram } from '../../scripts/programs.ts'
import { RedisServer } from '../../scripts/redis-server.ts'
import { endProcess, startProcess } from '../harness/processes.ts'

const requests = 10_000
const atOnce = 50
const visitors = 10
const keysPerVisitor = 5
const signOuts = 200

/** Sends requests to each of the processes in turn. */
class Visitor {
  readonly #ports: readonly number[]
  #sent = 0
  #cookie = ''

  constructor(ports: readonly number[]) {
    this.#ports = ports
  }

  async get(path: string): Promise<Response> {
    const port = this.#ports[this.#sent++ % this.#ports.length]
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie: this.#cookie } })
    if (!response.ok) throw new Error(`${path}: status ${response.status}: ${await response.text()}`)
    return response
  }

  async signIn(): Promise<void> {
    const [line = ''] = (await this.get('/sign-in')).headers.getSetCookie()
    this.#cookie = line.slice(0, line.indexOf(';'))
  }

  async read(key: string): Promise<{ user?: string; count?: number; key?: number }> {
    return (await (await this.get(`/read/${key}`)).json()) as { user?: string; count?: number; key?: number }
  }
}

const program = requireProgram('redis-server')
if (program === undefined) process.exit(1)
await using redis = new RedisServer(program)
await using postgres = new PostgresServer()
await Promise.all([redis.start(), postgres.start()])

console.log('| | counter | keys | sessions after signing out | time |')
console.log('| --- | --- | --- | --- | --- |')
for (const [database, address, store] of [
  ['redis', `redis://127.0.0.1:${redis.port}`, 'connect-redis'],
  ['postgres', postgres.url, 'connect-pg-simple'],
] as const) {
  await measure(`express-session, ${store}`, 'express.ts', database, address)
  await measure(`TSGI, ${database}Store`, 'tsgi.ts', database, address)
}

async function measure(name: string, file: string, database: string, address: string): Promise<void> {
  const ports = [await freePort(), await freePort()]
  const processes = ports.map((port) =>
    startProcess(process.execPath, [join(import.meta.dirname, file)], {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PORT: String(port),
        DATABASE: database,
        ADDRESS: address,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  )
  for (const port of ports) while (!(await accepts(port))) await sleep(50)
  const started = performance.now()
  const { counter, keys } = await countLost(ports)
  const seconds = (performance.now() - started) / 1000
  const left = await countLeft(ports)
  const share = (lost: number) => `${lost} (${((100 * lost) / requests).toFixed(1)} %)`
  console.log(
    `| ${name} | ${share(counter)} | ${share(keys)} | ${left} of ${signOuts} | ${seconds.toFixed(1)} s |`,
  )
  await Promise.all(processes.map(endProcess))
}

/** Returns how many of the increments of a counter, and of several keys, are missing in the sessions. */
async function countLost(ports: readonly number[]): Promise<{ counter: number; keys: number }> {
  const all = Array.from({ length: visitors }, () => new Visitor(ports))
  for (const visitor of all) await visitor.signIn()
  let sent = 0
  const send = async () => {
    while (sent < requests) {
      const number = sent++
      const key = Math.floor(number / visitors) % keysPerVisitor
      await (await all[number % visitors]!.get(`/count/key${key}`)).arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, send))
  let [counted, keys] = [0, 0]
  for (const visitor of all) {
    for (let key = 0; key < keysPerVisitor; key++) keys += (await visitor.read(`key${key}`)).key ?? 0
    counted += (await visitor.read('none')).count ?? 0
  }
  return { counter: requests - counted, keys: requests - keys }
}

/** Returns how many sessions exist after their visitors have signed out while four other requests were running. */
async function countLeft(ports: readonly number[]): Promise<number> {
  let left = 0
  for (let n = 0; n < signOuts; n++) {
    const visitor = new Visitor(ports)
    await visitor.signIn()
    const paths = ['/count/a', '/count/b', '/sign-out', '/count/c', '/count/d']
    await Promise.all(paths.map(async (path) => (await visitor.get(path)).arrayBuffer()))
    if ((await visitor.read('a')).user !== undefined) left++
  }
  return left
}
