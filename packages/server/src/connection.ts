/** What is known of a connection, kept on its socket. */
import type { Socket } from 'node:net'
import type { NodeExchange } from './exchange.ts'

const latest = Symbol('tsgi.latest')
const ending = Symbol('tsgi.ending')

interface Connection extends Socket {
  [latest]?: NodeExchange | undefined
  [ending]?: boolean
}

/** The latest request on a connection, while its response has not ended. */
export function latestExchange(socket: Socket): NodeExchange | undefined {
  return (socket as Connection)[latest]
}

export function beginExchange(socket: Socket, exchange: NodeExchange): void {
  const connection: Connection = socket
  // Node 22 does not tell responses that wait for others when their connection ends.
  if (!(latest in connection)) socket.on('close', () => closeAll(connection[latest]))
  exchange.previous = connection[latest]
  connection[latest] = exchange
}

export function endExchange(socket: Socket, exchange: NodeExchange): void {
  const connection: Connection = socket
  exchange.previous = undefined
  if (connection[latest] === exchange) connection[latest] = undefined
}

function closeAll(exchange: NodeExchange | undefined): void {
  if (exchange === undefined) return
  closeAll(exchange.previous)
  exchange.close()
}

/** Whether nothing more that comes on the connection is to be understood as a request. */
export function isEnding(socket: Socket): boolean {
  return (socket as Connection)[ending] === true
}

export function markEnding(socket: Socket): void {
  ;(socket as Connection)[ending] = true
}
