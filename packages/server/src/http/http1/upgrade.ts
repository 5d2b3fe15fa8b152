import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import type { Application } from '@tsgi/core'
import { handleRequest } from '@tsgi/core/gateway'
import { listElements } from '@tsgi/core/http'
import type { Settings } from '../settings.ts'
import { connectionOf } from './connection.ts'
import { EarlyBytes } from './early-bytes.ts'
import { reject } from './http1-handler.ts'
import { takePostponed } from './postponed-bytes.ts'
import { isWebSocketHandshake, LastExchange, UpgradeExchange, UpgradeResponse } from './upgrade-exchange.ts'

/**
 * Passes the handshakes of WebSockets to the application, and treats other requests for an upgrade like any request (RFC 9110
 * §7.8 allows a server to ignore `Upgrade`).
 *
 * Node would ignore them, too, if there were no listener, but loses the bytes that arrive together with the request. So the
 * request is read again without the `upgrade` option of its `Connection` field, which makes it an ordinary request,
 * followed by these bytes. If Node has read its body, that is not possible, and it is the last request of its connection.
 */
export function handleUpgrades(server: HttpServer, app: Application, settings: Settings): void {
  server.on('upgrade', (incoming, stream, head) => {
    const { socket } = incoming
    const rest = Buffer.concat([head, ...takePostponed(socket)])
    const connection = connectionOf(socket)
    if (isWebSocketHandshake(incoming)) {
      connection.queue(() => {
        const early = new EarlyBytes(socket, rest)
        begin(incoming, (outgoing) => new UpgradeExchange(incoming, outgoing, settings, early))
      })
      return
    }
    if (hasBody(incoming) && nodeReadsBodies()) {
      // Until the body is complete, it is not the socket, and Node does not say that the rest cannot arrive.
      stream.on('error', () => {})
      socket.on('close', () => {
        if (!incoming.complete) incoming.destroy(new Error('The connection was closed.'))
      })
      connection.queue(() => {
        connection.finish()
        socket.resume()
        const expects = incoming.headers.expect?.toLowerCase() === '100-continue'
        begin(incoming, (outgoing) => new LastExchange(incoming, outgoing, settings, expects))
      })
      return
    }
    // Before any wait: nothing can be put back after the end of the client's side.
    socket.unshift(Buffer.concat([withoutUpgrade(incoming), rest]))
    connection.queue(() => server.emit('connection', socket))
  })

  function begin(
    incoming: IncomingMessage,
    createExchange: (outgoing: UpgradeResponse) => LastExchange,
  ): void {
    const outgoing = new UpgradeResponse(incoming)
    let exchange: LastExchange
    try {
      exchange = createExchange(outgoing)
    } catch (error) {
      reject(incoming, outgoing, error, settings)
      return
    }
    handleRequest(app, exchange)
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

let readsBodies: boolean | undefined

/**
 * Whether Node reads the body of a request for an upgrade, as Node 26 does. Others leave it to the listener, in front of the
 * bytes that follow it. If one took it for the other, the body would be read as a request.
 */
function nodeReadsBodies(): boolean {
  readsBodies ??= tryBody()
  return readsBodies
}

function tryBody(): boolean {
  const server = createServer()
  const connection = new Duplex({ read() {}, write: (_, __, done) => done() })
  let isRead = false
  server.on('upgrade', (_, __, rest) => {
    isRead = rest.byteLength === 0
  })
  server.emit('connection', connection)
  const request =
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: a\r\nContent-Length: 1\r\n\r\na'
  connection.emit('data', Buffer.from(request))
  connection.destroy()
  server.close()
  return isRead
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
  return listElements(connection)
    .filter((option) => option.toLowerCase() !== 'upgrade')
    .join(', ')
}
