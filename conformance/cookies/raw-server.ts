/** A server that sends any bytes as `Set-Cookie` and returns the `Cookie` header of a request. */

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export class RawServer implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** The `Set-Cookie` fields of the next response to a request with the query `?set`, in latin1. */
  fields: readonly string[] = []

  /** @param files The paths of a certificate and its key, for HTTPS. */
  constructor(files?: { readonly cert: string; readonly key: string }) {
    const serve = (socket: Socket) => this.#serve(socket)
    this.#server = files
      ? createTlsServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) }, serve)
      : createServer(serve)
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.on('error', () => {})
    socket.setEncoding('latin1')
    let received = ''
    socket.on('data', (chunk: string) => {
      received += chunk
      for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
        socket.write(this.#respond(received.slice(0, end)), 'latin1')
        received = received.slice(end + 4)
      }
    })
  }

  #respond(head: string): string {
    const [, target = ''] = head.split(' ')
    const [, cookie = ''] = /\r\ncookie: ([^\r]*)/i.exec(head) ?? []
    const body = encodeURIComponent(cookie)
    const lines = [
      'HTTP/1.1 200 OK',
      'Content-Type: text/html',
      'Cache-Control: no-store',
      `Content-Length: ${body.length}`,
      ...(target.endsWith('?set') ? this.fields.map((field) => `Set-Cookie: ${field}`) : []),
    ]
    return `${lines.join('\r\n')}\r\n\r\n${body}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
