/** What is known of a connection, kept on its socket; of HTTP/2, where requests do not wait for each other, on each stream. */
import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { NodeExchange } from './exchange.ts'
import { streamOf } from './transport.ts'

/** What carries one request at a time: a connection of HTTP/1.1, or a stream of HTTP/2. */
export type Carrier = Socket | ServerHttp2Stream

/** What is known of a carrier. */
class Carried {
  /** Its latest request, while the response has not ended. */
  latest: NodeExchange | undefined
  /** Whether nothing more that comes is to be understood as a request. */
  ending = false
}

const key: unique symbol = Symbol('tsgi.carried')

interface Known {
  [key]?: Carried
}

function carriedOn(carrier: Carrier & Known): Carried {
  const known = carrier[key]
  if (known !== undefined) return known
  const carried = new Carried()
  carrier[key] = carried
  // Node 22 does not tell responses that wait for others when their connection ends.
  carrier.on('close', () => closeAll(carried.latest))
  return carried
}

/** What carries a request. */
export function carrierOf(incoming: IncomingMessage): Carrier {
  return streamOf(incoming) ?? incoming.socket
}

/** The latest request on a connection, while its response has not ended. */
export function latestExchange(carrier: Carrier & Known): NodeExchange | undefined {
  return carrier[key]?.latest
}

export function beginExchange(carrier: Carrier, exchange: NodeExchange): void {
  const carried = carriedOn(carrier)
  exchange.previous = carried.latest
  carried.latest = exchange
}

export function endExchange(carrier: Carrier, exchange: NodeExchange): void {
  const carried = carriedOn(carrier)
  exchange.previous = undefined
  if (carried.latest === exchange) carried.latest = undefined
}

function closeAll(exchange: NodeExchange | undefined): void {
  if (exchange === undefined) return
  closeAll(exchange.previous)
  exchange.close()
}

/** Whether nothing more that comes on the connection is to be understood as a request. */
export function isEnding(carrier: Carrier & Known): boolean {
  return carrier[key]?.ending === true
}

export function markEnding(carrier: Carrier): void {
  carriedOn(carrier).ending = true
}
