import { createServer } from 'node:http'
import { CommandError } from './command-error.ts'
import type { HostAndPort } from './flag-kinds.ts'
import { prometheus, type StatsReport } from './stats-report.ts'

export interface StatsServer {
  readonly address: string
  close(): void
}

/** Answers what the processes are doing: `/metrics` for Prometheus, `/` in JSON. */
export async function serveStats(
  { host, port }: HostAndPort,
  report: () => StatsReport,
): Promise<StatsServer> {
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url?.split('?', 1)[0]
    const answer =
      path === '/metrics'
        ? { type: 'text/plain; version=0.0.4; charset=utf-8', body: prometheus(report()) }
        : path === '/'
          ? { type: 'application/json', body: `${JSON.stringify(report())}\n` }
          : undefined
    if (answer === undefined || (incoming.method !== 'GET' && incoming.method !== 'HEAD')) {
      outgoing.writeHead(answer === undefined ? 404 : 405).end()
      return
    }
    outgoing.writeHead(200, {
      'content-type': answer.type,
      'content-length': Buffer.byteLength(answer.body),
      'cache-control': 'no-store',
    })
    outgoing.end(incoming.method === 'HEAD' ? undefined : answer.body)
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.on('error', (cause) => reject(new CommandError(`--stats: ${cause.message}`, 1, { cause })))
  server.listen(port, host, resolve)
  await promise
  const { port: taken } = server.address() as { port: number }
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
