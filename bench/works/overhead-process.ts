/**
 * Measures a contender's program without sockets: `overhead-process.ts PROGRAM`. Requests reach its server over connections
 * in memory, so the kernel has no part in the figure, and other programs on the machine have little.
 *
 * Receives an {@link OverheadTask} from its parent, and sends the least CPU time of a request in microseconds.
 */
import { once } from 'node:events'
import { Server, type Socket } from 'node:net'
import { pathToFileURL } from 'node:url'
import { MemorySocket } from './memory-socket.ts'

/** What the parent sends. */
export interface OverheadTask {
  /** The requests as text, sent in turn. */
  requests: readonly string[]
  /** Number of requests before the measurement. Node optimizes some programs only after 15,000 requests. */
  warmUp: number
  /** Milliseconds of CPU time of the measurement. */
  measured: number
}

const connections = 32
const batch = 1_000

const [{ requests, warmUp, measured }] = (await once(process, 'message')) as [OverheadTask]
const bytes = requests.map((text) => Buffer.from(text))
const server = await serverOf(process.argv[2]!)
const clients = Array.from({ length: connections }, () => new MemorySocket())
for (const client of clients) server.emit('connection', client as unknown as Socket)
for (let sent = 0; sent < warmUp; sent += batch) await exchange(batch)
process.send!(await leastTime(measured), () => process.exit())

/** Exchanges batches of requests. Whatever disturbs a batch only makes it slower, so the fastest says most. */
async function leastTime(milliseconds: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let spent = 0; spent < milliseconds * 1_000; ) {
    const before = process.cpuUsage()
    await exchange(batch)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / batch)
    spent += user + system
  }
  return least
}

/** Starts the program and returns the first server that it creates. */
async function serverOf(program: string): Promise<Server> {
  const created = Promise.withResolvers<Server>()
  const { on } = Server.prototype
  Server.prototype.on = function (this: Server, ...listener: unknown[]) {
    if (listener[0] === 'connection') created.resolve(this)
    return Reflect.apply(on, this, listener)
  } as typeof on
  await import(pathToFileURL(program).href)
  return created.promise
}

/** Sends a number of requests over all connections, and resolves when each has its response. */
function exchange(count: number): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0
    let received = 0
    for (const client of clients) {
      const next = () => {
        if (sent === count) return
        const request = bytes[sent++ % bytes.length]!
        setImmediate(() => client.send(request))
      }
      client.onResponse = () => {
        if (++received === count) resolve()
        next()
      }
      next()
    }
  })
}
