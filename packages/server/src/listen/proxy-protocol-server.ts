import { createServer, type Server as NetServer, type Socket } from 'node:net'
import { plainAddress, setProxied } from '../proxies/peer.ts'
import { type ProxyHeader, parseProxyHeader } from './proxy-protocol-header.ts'

/** A server that reads the PROXY headers of load balancers. */
export interface ProxyFront {
  readonly server: NetServer
  /** Destroys connections whose header has not arrived. */
  endWaiting(): void
}

/**
 * Creates a server that passes connections on to `inner`. Connections from load balancers must begin with a PROXY
 * header. Other connections are passed on unread, so that only load balancers can set an address.
 */
export function createProxyFront(
  inner: NetServer,
  isBalancer: (address: string) => boolean,
  headerTimeout: number,
  allowHalfOpen: boolean,
): ProxyFront {
  const waiting = new Set<Socket>()
  const server = createServer({ allowHalfOpen, noDelay: true }, (socket) => {
    if (!isBalancer(plainAddress(socket.remoteAddress ?? ''))) {
      inner.emit('connection', socket)
      return
    }
    waiting.add(socket)
    readHeader(socket, headerTimeout, (header) => {
      waiting.delete(socket)
      if (header === undefined) {
        socket.destroy()
        return
      }
      setProxied(socket, header.length, header.source)
      inner.emit('connection', socket)
    })
  })
  return {
    server,
    endWaiting() {
      for (const socket of waiting) socket.destroy()
    },
  }
}

/** Reads the header from a socket, and nothing more. Calls `done` without a header if it is invalid or late. */
function readHeader(socket: Socket, timeout: number, done: (header: ProxyHeader | undefined) => void): void {
  let bytes = Buffer.alloc(0)
  const finish = (header: ProxyHeader | undefined) => {
    clearTimeout(timer)
    socket.off('readable', read)
    socket.off('end', fail)
    socket.off('close', fail)
    // The next server adds its own listener synchronously.
    if (header !== undefined) socket.off('error', fail)
    done(header)
  }
  const fail = () => finish(undefined)
  const read = () => {
    const chunk: Buffer | null = socket.read()
    if (chunk === null) return
    bytes = Buffer.concat([bytes, chunk])
    try {
      const header = parseProxyHeader(bytes)
      if (header === undefined) return
      if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length))
      finish(header)
    } catch {
      fail()
    }
  }
  const timer = setTimeout(fail, timeout)
  socket.on('readable', read)
  socket.on('end', fail)
  socket.on('error', fail)
  socket.on('close', fail)
}
