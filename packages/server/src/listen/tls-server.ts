import type { Socket } from 'node:net'
import { createServer, type TLSSocket, type Server as TlsServer } from 'node:tls'
import { rawSocket } from '../proxies/peer.ts'
import type { Certificate } from './certificate.ts'

/** A server that performs TLS handshakes. */
export interface TlsFront {
  readonly server: TlsServer
  /** Destroys connections whose handshake is in progress. */
  endHandshakes(): void
}

/**
 * Creates a TLS server that passes on each connection with the negotiated protocol: `h2` or `http/1.1`, which is also the
 * default for clients without ALPN (RFC 7301).
 */
export function createTlsFront(
  certificate: Certificate,
  handshakeTimeout: number,
  accept: (socket: Socket, protocol: string) => void,
): TlsFront {
  const server = createServer({
    ...certificate,
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout,
    noDelay: true,
  })
  const shaking = new Set<Socket>()
  server.on('connection', (socket) => {
    shaking.add(socket)
    socket.on('close', () => shaking.delete(socket))
  })
  server.on('secureConnection', (socket: TLSSocket) => {
    const raw = rawSocket(socket)
    if (raw !== undefined) shaking.delete(raw)
    // Node counts renegotiations, which cost the server more than the client, but only reports too many.
    socket.disableRenegotiation()
    socket.on('error', () => socket.destroy())
    accept(socket, socket.alpnProtocol || 'http/1.1')
  })
  // Node does not destroy the socket after a failed handshake.
  server.on('tlsClientError', (_, socket) => socket.destroy())
  return {
    server,
    endHandshakes() {
      for (const socket of shaking) socket.destroy()
    },
  }
}
