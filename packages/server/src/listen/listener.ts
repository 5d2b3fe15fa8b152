import type { Server as NetServer, Socket } from 'node:net'
import type { Application } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import type { Http1Endpoint } from '../http/http1-endpoint.ts'
import { createHttp2Endpoint } from '../http/http2/http2-server.ts'
import type { ConnectionLimits } from '../http/limits.ts'
import type { Settings } from '../http/settings.ts'
import { hasSent } from '../proxies/peer.ts'
import { acceptEstablished } from './accept-established.ts'
import type { Certificate } from './certificate.ts'
import { createProxyFront } from './proxy-protocol-server.ts'
import { createTlsFront } from './tls-server.ts'

/** The servers of one address: the one that accepts connections, and those that speak its protocols. */
export interface Listener {
  /** The server that accepts connections. */
  readonly front: NetServer
  /** Uses another certificate for new connections. */
  useCertificate(certificate: Certificate): void
  /** Closes HTTP/1.1 connections without a request. */
  closeIdle(): void
  /** Closes HTTP/2 connections after their requests. Resolves when no connection is left. */
  drain(): Promise<void>
  /** Stops accepting connections, closes idle ones, and resolves when the others have ended. */
  close(): Promise<void>
  /** Destroys all connections. */
  destroy(): void
}

/** The options of one address. */
export interface ListenerPlace {
  readonly certificate: Certificate | undefined
  /** Whether connections from an address begin with a PROXY header. */
  readonly isBalancer: ((address: string) => boolean) | undefined
}

/**
 * Creates a listener for HTTP/1.1, or with a certificate for HTTP/2 and HTTP/1.1.
 *
 * @param endpoint The implementation of HTTP/1.1.
 */
export function createListener(
  endpoint: Http1Endpoint,
  app: Application,
  settings: Settings,
  limits: Limits<ConnectionLimits>,
  { certificate, isBalancer }: ListenerPlace,
): Listener {
  const http1 = endpoint.server
  // HTTP/2 is negotiated by TLS.
  const http2 = certificate && createHttp2Endpoint(app, settings, limits)
  const secure = certificate && createTlsFront(certificate, limits.headersTimeout, accept)
  const inner = secure?.server ?? http1
  const proxied = isBalancer && createProxyFront(inner, isBalancer, limits.headersTimeout, inner === http1)
  const front = proxied?.server ?? inner
  /** All accepted connections, and those that speak HTTP/1.1. They differ only with TLS. */
  const sockets = tracked(front)
  const speaking = front === http1 ? sockets : tracked(http1)
  const stopWatching = endpoint.watch(speaking)
  // Node checks timeouts from this event on.
  if (front !== http1) http1.emit('listening')

  let closing = false
  let isAccepting = false
  function accept(socket: Socket, protocol: string): void {
    if (closing) socket.destroy()
    else if (protocol === 'h2') http2?.accept(socket)
    else http1.emit('connection', socket)
  }

  return {
    front,
    useCertificate(certificate) {
      secure?.server.setSecureContext(certificate)
    },
    closeIdle() {
      // Node 26 takes connections for idle on which nothing has been read yet.
      if (!isAccepting) endpoint.closeIdle()
    },
    drain() {
      http2?.close()
      return emptied(sockets)
    },
    async close() {
      closing = true
      isAccepting = true
      await acceptEstablished(front)
      isAccepting = false
      const closed = new Promise((resolve) => front.close(resolve))
      if (front !== http1) http1.close()
      endpoint.closeIdle()
      http2?.close()
      // Node has closed idle connections, but not those that never sent any data.
      for (const socket of speaking) if (!hasSent(socket)) socket.destroy()
      secure?.endHandshakes()
      proxied?.endWaiting()
      await closed
      // Node calls back shortly before the last connections have closed.
      await emptied(sockets)
      stopWatching()
    },
    destroy: () => destroyAll(front, sockets),
  }
}

/** Destroys the connections of a server, and those that it still accepts before it has closed. */
export function destroyAll(server: NetServer, sockets: ReadonlySet<Socket>): void {
  server.on('connection', (socket) => socket.destroy())
  for (const socket of sockets) socket.destroy()
}

/** Returns the open connections of a server. */
export function tracked(server: NetServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  function forget(this: Socket): void {
    sockets.delete(this)
  }
  server.on('connection', (socket) => {
    // The HTTP/1.1 server takes a connection again after an upgrade that it ignores.
    if (sockets.has(socket)) return
    socket.on('error', ignore)
    sockets.add(socket)
    socket.on('close', forget)
  })
  return sockets
}

/** 'close' follows an error, and is handled. */
function ignore(): void {}

/** Resolves when the connections that are open now have closed. */
export async function emptied(sockets: ReadonlySet<Socket>): Promise<void> {
  await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve))))
}
