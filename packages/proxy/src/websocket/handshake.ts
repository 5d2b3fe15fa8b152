import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Environ, HttpError, type Upgrade, type UpgradedConnection, withHeaders } from '@tsgi/core'
import { isSameHost, trimOws } from '@tsgi/core/http'
import { Tunnel } from './tunnel.ts'

/** The origins whose pages may open a WebSocket. */
export type Origins = 'same' | '*' | ReadonlySet<string>

/** @throws HttpError 403 if the page has another origin: it could use the cookies of a visitor (RFC 6455 §10.2). */
export function checkPage({ headers, host }: Environ, origins: Origins): void {
  const origin = headers.get('origin')
  if (origin === null || origins === '*') return
  if (origins === 'same' ? isSameHost(origin, host) : origins.has(origin)) return
  throw new HttpError(403, 'Pages of this origin may not connect.')
}

/** A handshake that the upstream server has accepted. */
export interface UpstreamHandshake {
  readonly socket: Duplex
  /** The fields of its response: names and values in turn. */
  readonly raw: readonly Buffer[]
  /** The fields for the client. */
  readonly headers: Headers
}

/**
 * Accepts the client's handshake as the upstream server has. The connections are joined when the response has passed
 * through all middleware.
 *
 * @param opened Called with the open WebSocket.
 * @param rejected Called if there will be none.
 * @throws Error if the upstream server's response is not valid (RFC 6455 §4.1).
 */
export function acceptFrom(
  environ: Environ,
  { socket, raw, headers }: UpstreamHandshake,
  opened: (tunnel: Tunnel) => void,
  rejected: () => void,
): Response {
  const upgrade = environ.upgrade!
  const fields = websocketFields(raw)
  checkResponse(environ, upgrade, fields)
  let isOpen = false
  const connect = (connection: UpgradedConnection): Tunnel => {
    if (connection.type !== 'stream') {
      throw new Error('proxy: WebSockets can only be forwarded from the server of Node')
    }
    isOpen = true
    const { socket: client, head } = connection.native as Pick<IncomingMessage, 'socket'> & { head: Buffer }
    // The timeout of the server is for requests.
    client.setTimeout(0).setNoDelay()
    client.write(switchingProtocols(fields, connection.fields), 'latin1')
    const tunnel = new Tunnel(client, socket)
    opened(tunnel)
    // The gateway has paused it.
    if (head.length > 0) client.unshift(head)
    client.resume()
    return tunnel
  }
  const response = upgrade.accept(connect, { protocol: fields.get('sec-websocket-protocol') })
  // Middleware may respond with something else, and the client may leave.
  environ.finished.then(() => {
    if (isOpen) return
    socket.destroy()
    rejected()
  })
  return withHeaders(response, headers)
}

function websocketFields(raw: readonly Buffer[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!.toString('latin1').toLowerCase()
    const before = fields.get(name)
    const value = trimOws(raw[at + 1]!.toString('latin1'))
    fields.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return fields
}

/** RFC 6455 §1.3 */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

function checkResponse({ headers }: Environ, { protocols }: Upgrade, fields: Map<string, string>): void {
  const key = headers.get('sec-websocket-key')
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64')
  const protocol = fields.get('sec-websocket-protocol')
  const isValid =
    fields.get('upgrade')?.toLowerCase() === 'websocket' &&
    fields.get('sec-websocket-accept') === accept &&
    (protocol === undefined || protocols.includes(protocol))
  if (!isValid)
    throw new Error('The upstream server sent an invalid response to the handshake of a WebSocket')
}

function switchingProtocols(received: Map<string, string>, fields: readonly string[]): string {
  let head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
  for (const name of ['Sec-WebSocket-Accept', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions']) {
    const value = received.get(name.toLowerCase())
    if (value !== undefined) head += `${name}: ${value}\r\n`
  }
  for (let at = 0; at < fields.length; at += 2) head += `${fields[at]}: ${fields[at + 1]}\r\n`
  return `${head}\r\n`
}
