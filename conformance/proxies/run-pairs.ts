import { start } from '../../packages/server/test/start.ts'
import { tables } from '../http1/tables/index.ts'
import { compare, type Pair } from './agreement.ts'
import { type Read, recorder, type Sent, sendAll } from './pair.ts'
import { type ReverseProxy, startProxy } from './proxies.ts'
import { Relay } from './relay.ts'

export const engines = ['node', 'tsgi'] as const

/** The engine behind a proxy, and what happened between them. */
export interface Result extends Pair {
  readonly engine: (typeof engines)[number]
  readonly sent: readonly Sent[]
}

/** Starts a proxy in front of both engines and sends all cases of HTTP/1.1 to each. */
export async function runPairs(program: string, proxy: ReverseProxy): Promise<Result[]> {
  const rows = Object.entries(tables).flatMap(([topic, table]) =>
    table.map(([name, ...rest]) => [`${topic}: ${name}`, ...rest] as const),
  )
  const secret = crypto.randomUUID()
  await using node = await startTarget('node')
  await using tsgi = await startTarget('tsgi')
  const servers = [node, tsgi]
  const targets = servers.map(({ relay }) => relay.port)
  await using front = await startProxy(program, proxy, { secret, targets })
  return await Promise.all(
    servers.map(async ({ engine, read, relay }, at): Promise<Result> => {
      const sent = await sendAll(rows, front.ports[at]!, secret)
      return { engine, sent, ...compare(relay.connections, read) }
    }),
  )
}

/** Starts a server that records what it reads, behind a relay. */
async function startTarget(engine: Result['engine']) {
  const read: Read[] = []
  // The relay, and not the server, decides which connections are idle for too long.
  const server = await start(recorder(read), { engine, keepAliveTimeout: '1m' })
  const relay = await Relay.to(server.port)
  return {
    engine,
    read,
    relay,
    async [Symbol.asyncDispose]() {
      relay[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
