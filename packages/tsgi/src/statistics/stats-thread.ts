/** The thread that {@link serveStats} starts. */
import { createServer } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import type { HostAndPort } from '../config/flag-kinds.ts'
import { prometheus, type StatsReport } from './stats-report.ts'

/** The messages of the thread. */
export type StatsMessage =
  | { readonly type: 'listening'; readonly address: string }
  | { readonly type: 'failed'; readonly problem: string }
  | { readonly type: 'report'; readonly id: number }

const { host, port } = workerData as HostAndPort
const waiting = new Map<number, (report: StatsReport) => void>()
let asked = 0

parentPort!.on('message', ({ id, report }: { readonly id: number; readonly report: StatsReport }) => {
  waiting.get(id)?.(report)
  waiting.delete(id)
})

function tell(message: StatsMessage): void {
  parentPort!.postMessage(message)
}

function ask(): Promise<StatsReport> {
  const id = ++asked
  tell({ type: 'report', id })
  return new Promise((resolve) => waiting.set(id, resolve))
}

const pages: Readonly<
  Record<string, (report: StatsReport) => { readonly type: string; readonly body: string }>
> = {
  __proto__: null as never,
  '/': (report) => ({ type: 'application/json', body: `${JSON.stringify(report)}\n` }),
  '/metrics': (report) => ({ type: 'text/plain; version=0.0.4; charset=utf-8', body: prometheus(report) }),
}

const server = createServer(async (incoming, outgoing) => {
  const page = pages[incoming.url?.split('?', 1)[0] ?? '']
  if (page === undefined || (incoming.method !== 'GET' && incoming.method !== 'HEAD')) {
    outgoing.writeHead(page === undefined ? 404 : 405).end()
    return
  }
  const { type, body } = page(await ask())
  outgoing.writeHead(200, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  outgoing.end(incoming.method === 'HEAD' ? undefined : body)
})
server.on('error', ({ message }) => tell({ type: 'failed', problem: message }))
server.listen(port, host, () => {
  const { port: taken } = server.address() as { port: number }
  tell({ type: 'listening', address: `http://${host.includes(':') ? `[${host}]` : host}:${taken}` })
})
