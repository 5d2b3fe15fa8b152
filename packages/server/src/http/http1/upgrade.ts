import type { Server as HttpServer, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Application } from '@tsgi/core'
import { handleRequest } from '@tsgi/core/gateway'
import type { Settings } from '../settings.ts'
import { connectionOf } from './connection.ts'
import { EarlyBytes } from './early-bytes.ts'
import { reject } from './http1-handler.ts'
import { isWebSocketHandshake, lastResponse, UpgradeExchange } from './upgrade-exchange.ts'

/**
 * Passes the handshakes of WebSockets to the application, and treats other requests for an upgrade like any request (RFC 9110
 * §7.8 allows a server to ignore `Upgrade`).
 *
 * Node would ignore them, too, if there were no listener, but loses the bytes that arrive together with the request. So the
 * request is read again without the `upgrade` option of its `Connection` field, which makes it an ordinary request,
 * followed by these bytes.
 */
export function handleUpgrades(server: HttpServer, app: Application, settings: Settings): void {
  server.on('upgrade', (incoming, stream, rest) => {
    const socket = stream as Socket
    const connection = connectionOf(socket)
    if (isWebSocketHandshake(incoming)) {
      connection.queue(() => begin(incoming, socket, rest))
      return
    }
    // Before any wait: nothing can be put back after the end of the client's side.
    socket.unshift(Buffer.concat([withoutUpgrade(incoming), rest]))
    connection.queue(() => server.emit('connection', socket))
  })

  function begin(incoming: IncomingMessage, socket: Socket, rest: Buffer): void {
    const early = new EarlyBytes(socket, rest)
    const outgoing = lastResponse(incoming, socket)
    let exchange: UpgradeExchange
    try {
      exchange = new UpgradeExchange(incoming, outgoing, settings, early)
    } catch (error) {
      reject(incoming, outgoing, error, settings)
      return
    }
    handleRequest(app, exchange)
  }
}

/** Formats a head that is no longer than the one received. */
function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    const value = rawHeaders[at + 1]!
    head += `${name}:${CONNECTION.test(name) ? withoutOption(value) : value}\r\n`
  }
  return Buffer.from(`${head}\r\n`, 'latin1')
}

/** The fields in which Node's parser looks for `upgrade`. If one of them kept it, the request would be read for ever. */
const CONNECTION = /^(?:proxy-)?connection$/i

function withoutOption(connection: string): string {
  const options = connection.split(',').map((option) => option.trim())
  return options.filter((option) => option.toLowerCase() !== 'upgrade').join(', ')
}
