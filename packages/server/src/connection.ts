/** What is known of a connection, kept on its socket; of HTTP/2, where requests do not wait for each other, on each stream. */
import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { NodeExchange } from './exchange.ts'
import { streamOf } from './transport.ts'

/** What carries one request at a time: a connection of HTTP/1.1, or a stream of HTTP/2. */
export type Carrier = Socket | ServerHttp2Stream

const latest = Symbol('tsgi.latest')
const ending = Symbol('tsgi.ending')

interface Known {
  [latest]?: NodeExchange | undefined
  [ending]?: boolean
}

/** What carries a request. */
export function carrierOf(incoming: IncomingMessage): Carrier {
  return streamOf(incoming) ?? incoming.socket
}

/** The latest request on a connection, while its response has not ended. */
export function latestExchange(carrier: Carrier): NodeExchange | undefined {
  return (carrier as Known)[latest]
}

export function beginExchange(carrier: Carrier, exchange: NodeExchange): void {
  const known = carrier as Known
  // Node 22 does not tell responses that wait for others when their connection ends.
  if (!(latest in known)) carrier.on('close', () => closeAll(known[latest]))
  exchange.previous = known[latest]
  known[latest] = exchange
}

export function endExchange(carrier: Carrier, exchange: NodeExchange): void {
  const known = carrier as Known
  exchange.previous = undefined
  if (known[latest] === exchange) known[latest] = undefined
}

function closeAll(exchange: NodeExchange | undefined): void {
  if (exchange === undefined) return
  closeAll(exchange.previous)
  exchange.close()
}

/** Whether nothing more that comes on the connection is to be understood as a request. */
export function isEnding(carrier: Carrier): boolean {
  return (carrier as Known)[ending] === true
}

export function markEnding(carrier: Carrier): void {
  ;(carrier as Known)[ending] = true
}
