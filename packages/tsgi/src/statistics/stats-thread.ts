/** The thread that {@link serveStats} starts. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { HostAndPort } from '../config/flag-kinds.ts'
import { isLocalHost } from '../console/local-host.ts'
import { prometheus, type Readiness, type StatsReport } from './stats-report.ts'

/** The messages of the thread. */
export type StatsMessage =
  | { readonly type: 'listening'; readonly address: string }
  | { readonly type: 'failed'; readonly problem: string }
  | { readonly type: 'report' | 'ready'; readonly id: number }

const { host, port } = workerData as HostAndPort
const waiting = new Map<number, (reply: never) => void>()
let asked = 0

parentPort!.on('message', ({ id, reply }: { readonly id: number; readonly reply: unknown }) => {
  waiting.get(id)?.(reply as never)
  waiting.delete(id)
})

function tell(message: StatsMessage): void {
  parentPort!.postMessage(message)
}

function ask(type: 'report'): Promise<StatsReport>
function ask(type: 'ready'): Promise<Readiness>
function ask(type: 'report' | 'ready'): Promise<unknown> {
  const id = ++asked
  tell({ type, id })
  return new Promise((resolve) => waiting.set(id, resolve))
}

interface Page {
  readonly status?: number
  readonly type: string
  readonly body: string
}

const TEXT = 'text/plain; charset=utf-8'
const JSON_TYPE = 'application/json'

const pages: Readonly<Record<string, () => Page | Promise<Page>>> = {
  __proto__: null as never,
  '/': async () => ({ type: JSON_TYPE, body: `${JSON.stringify(await ask('report'))}\n` }),
  '/metrics': async () => ({
    type: 'text/plain; version=0.0.4; charset=utf-8',
    body: prometheus(await ask('report')),
  }),
  '/live': () => ({ type: TEXT, body: 'live\n' }),
  async '/ready'() {
    const { ready, failed } = await ask('ready')
    if (ready) return { type: TEXT, body: 'ready\n' }
    return { status: 503, type: JSON_TYPE, body: `${JSON.stringify({ failed })}\n` }
  },
}

// Idle connections must not keep probes out for long.
const timeouts = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 }

/** Whether the address can only be reached from this machine. */
let isLoopback = false

/**
 * Reports whether a request is for this server. The browser of somebody on this machine sends requests of any web page
 * whose name resolves to 127.0.0.1 (DNS rebinding). Other addresses may have names in the network.
 */
function isExpected(authority: string | undefined): boolean {
  // Probes with HTTP/1.0 have no Host.
  if (!isLoopback || authority === undefined || isLocalHost(authority)) return true
  return authority.replace(/:\d+$/, '').toLowerCase() === host.toLowerCase()
}

const server = createServer(timeouts, async (incoming, outgoing) => {
  if (!isExpected(incoming.headers.host)) {
    outgoing.writeHead(403, { 'content-type': TEXT })
    outgoing.end('The statistics on a loopback address accept requests for localhost and for IP addresses.\n')
    return
  }
  const page = pages[incoming.url?.split('?', 1)[0] ?? '']
  if (page === undefined || (incoming.method !== 'GET' && incoming.method !== 'HEAD')) {
    outgoing.writeHead(page === undefined ? 404 : 405).end()
    return
  }
  const { status = 200, type, body } = await page()
  outgoing.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  outgoing.end(incoming.method === 'HEAD' ? undefined : body)
})
// Its connections count toward the limit of file descriptors that the application needs.
server.maxConnections = 32
server.on('error', ({ message }) => tell({ type: 'failed', problem: message }))
server.listen(port, host, () => {
  const { address, port: taken } = server.address() as AddressInfo
  isLoopback = /^(?:127\.|::1$)/.test(address)
  tell({ type: 'listening', address: `http://${host.includes(':') ? `[${host}]` : host}:${taken}` })
})
