import type { Server as HttpServer, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { connectionOf } from './connection.ts'

/**
 * Makes a server treat a request for an upgrade like any other (RFC 9110 §7.8 allows a server to ignore `Upgrade`). Node does
 * so, too, if there is no listener, but loses the bytes that arrive together with the request. So the request is read again
 * without the `upgrade` option of its `Connection` field, which makes it an ordinary request, followed by these bytes.
 */
export function ignoreUpgrades(server: HttpServer): void {
  server.on('upgrade', (incoming, stream, rest) => {
    const socket = stream as Socket
    connectionOf(socket).queue(() => {
      socket.unshift(Buffer.concat([withoutUpgrade(incoming), rest]))
      server.emit('connection', socket)
    })
  })
}

/** Formats a head that is no longer than the one received. */
function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    const value = rawHeaders[at + 1]!
    head += `${name}:${name.toLowerCase() === 'connection' ? withoutOption(value) : value}\r\n`
  }
  return Buffer.from(`${head}\r\n`, 'latin1')
}

function withoutOption(connection: string): string {
  const options = connection.split(',').map((option) => option.trim())
  return options.filter((option) => option.toLowerCase() !== 'upgrade').join(', ')
}
