import type { Server as NetServer, Socket } from 'node:net'
import type { Application } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import { createHttp1Server } from '../http/http1/http1-server.ts'
import { endIdleConnections } from '../http/http1/idle-connections.ts'
import { createHttp2Endpoint } from '../http/http2/http2-server.ts'
import type { ConnectionLimits } from '../http/limits.ts'
import type { Settings } from '../http/settings.ts'
import type { Certificate } from './certificate.ts'
import { createProxyFront } from './proxy-protocol-server.ts'
import { createTlsFront } from './tls-server.ts'

/** What stands behind one address: a server that accepts connections, and those that speak with them. */
export interface Listener {
  /** The one to listen with. */
  readonly front: NetServer
  /** Uses another certificate for the connections to come. */
  useCertificate(certificate: Certificate): void
  /** Ends HTTP/1.1 connections that no request is on. */
  closeIdle(): void
  /** Has HTTP/2 connections end when what is under way on them is over; resolves when no connection is left. */
  drain(): Promise<void>
  /** Takes no more connections, ends idle ones, and resolves when the others have ended. */
  close(): Promise<void>
  /** Ends every connection at once. */
  destroy(): void
}

/** What is particular to one address. */
export interface ListenerPlace {
  readonly certificate: Certificate | undefined
  /** Whose connections begin with a header of the PROXY protocol. */
  readonly isBalancer: ((address: string) => boolean) | undefined
}

/** HTTP/1.1 on a bare socket; HTTP/2 or HTTP/1.1, as the client chooses, where there is a certificate. */
export function createListener(
  app: Application,
  settings: Settings,
  limits: Limits<ConnectionLimits>,
  { certificate, isBalancer }: ListenerPlace,
): Listener {
  const http1 = createHttp1Server(app, settings, limits)
  const http2 = createHttp2Endpoint(app, settings, limits)
  const secure = certificate && createTlsFront(certificate, limits.headersTimeout, accept)
  const inner = secure?.server ?? http1
  const proxied = isBalancer && createProxyFront(inner, isBalancer, limits.headersTimeout, inner === http1)
  const front = proxied?.server ?? inner
  /** All that were accepted, and those that speak HTTP/1.1: the same, but for TLS. */
  const sockets = tracked(front)
  const speaking = front === http1 ? sockets : tracked(http1)
  const leaveIdle = endIdleConnections(speaking, limits)
  // Node looks after its timeouts from this event on.
  if (front !== http1) http1.emit('listening')

  let closing = false
  function accept(socket: Socket, protocol: string): void {
    if (closing) socket.destroy()
    else if (protocol === 'h2') http2.accept(socket)
    else http1.emit('connection', socket)
  }

  return {
    front,
    useCertificate(certificate) {
      secure?.server.setSecureContext(certificate)
    },
    closeIdle() {
      http1.closeIdleConnections()
    },
    drain() {
      http2.close()
      return emptied(sockets)
    },
    async close() {
      closing = true
      const closed = new Promise((resolve) => front.close(resolve))
      if (front !== http1) http1.close()
      http2.close()
      // Node has ended idle connections, but not those that have never sent anything.
      for (const socket of speaking) if (socket.bytesRead === 0) socket.destroy()
      secure?.endHandshakes()
      proxied?.endWaiting()
      await closed
      // A server says that it has closed a moment before its last connections do.
      await emptied(sockets)
      leaveIdle()
    },
    destroy() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The connections that a server has. */
export function tracked(server: NetServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    // 'close' follows and is handled.
    socket.on('error', () => {})
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  return sockets
}

/** Settles when the connections that are open now have closed. */
export async function emptied(sockets: ReadonlySet<Socket>): Promise<void> {
  await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve))))
}
