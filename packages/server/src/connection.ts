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
  ;(socket as Connection)[latest] = exchange
}

export function endExchange(socket: Socket, exchange: NodeExchange): void {
  if ((socket as Connection)[latest] === exchange) (socket as Connection)[latest] = undefined
}

/** Whether nothing more that comes on the connection is to be understood as a request. */
export function isEnding(socket: Socket): boolean {
  return (socket as Connection)[ending] === true
}

export function markEnding(socket: Socket): void {
  ;(socket as Connection)[ending] = true
}
