/** A server under test, linted, and clients for it. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Application, lint } from '@tsgi/core'
import type { ServeOptions, Server } from '@tsgi/server'
import { type ClientOptions, WebSocket } from 'ws'
import { serve } from '../../server/test/serve.ts'

export interface Started extends AsyncDisposable {
  readonly server: Server
  readonly url: string
  readonly port: number
  /** What was reported, in order. */
  readonly errors: unknown[]
  /** Connects, and resolves when the connection is open. */
  open(path?: string, options?: ClientOptions & { protocols?: string[] }): Promise<Client>
  /** Sends a handshake with these fields, and reads until the connection ends or `until` has arrived. */
  handshake(fields?: string, options?: { path?: string; until?: string }): Promise<string>
  /** Opens a connection and sends the text. */
  raw(text: string): Promise<Socket>
}

/** A client that keeps what it receives. */
export interface Client {
  readonly socket: WebSocket
  next(): Promise<string | Buffer>
  readonly closed: Promise<{ code: number; reason: string }>
}

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

/** The head of a handshake. */
export function handshakeText(fields = '', path = '/'): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n${fields}\r\n`
}

export async function start(app: Application, options: ServeOptions = {}): Promise<Started> {
  const errors: unknown[] = []
  const server = await serve(lint(app), {
    listen: 'http://127.0.0.1:0',
    gracefulTimeout: 2_000,
    errors: { write: (problem) => errors.push(problem) },
    ...options,
  })
  const url = server.addresses[0]!
  const port = Number(URL.parse(url)?.port)
  const raw = async (text: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write(text, 'latin1')
    return socket
  }
  return {
    server,
    url,
    port,
    errors,
    raw,
    async handshake(fields, { path, until = '\r\n\r\n' } = {}) {
      const socket = await raw(handshakeText(fields, path))
      let text = ''
      for await (const chunk of socket) {
        text += chunk.toString('latin1')
        if (text.startsWith('HTTP/1.1 101') && text.includes(until)) break
      }
      socket.destroy()
      return text
    },
    async open(path = '/', { protocols, ...options } = {}) {
      const client = clientOf(new WebSocket(url.replace('http', 'ws') + path, protocols ?? [], options))
      await once(client.socket, 'open')
      return client
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

export function clientOf(socket: WebSocket): Client {
  const received: (string | Buffer)[] = []
  const waiting: ((message: string | Buffer) => void)[] = []
  socket.on('error', () => {})
  socket.on('message', (data: Buffer, isBinary) => {
    const message = isBinary ? data : data.toString()
    const wake = waiting.shift()
    if (wake === undefined) received.push(message)
    else wake(message)
  })
  return {
    socket,
    next: async () => received.shift() ?? (await new Promise((resolve) => waiting.push(resolve))),
    closed: new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    }),
  }
}
