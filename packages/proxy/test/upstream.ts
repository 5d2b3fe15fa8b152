/** Upstream servers under test, and a server with a proxy to them. */
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { type Application, lint } from '@tsgi/core'
import { type ServeOptions, serve } from '@tsgi/server'
import { type ProxyOptions, proxy } from '../src/index.ts'

/** An upstream server on TCP whose every action is controlled by the test. */
export async function raw(behave: (socket: Socket, connection: number) => void) {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    behave(socket, sockets.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** An upstream server that responds to the first bytes of each connection with these and closes it. */
export const responding = (bytes: string) =>
  raw((socket) => socket.once('data', () => socket.end(Buffer.from(bytes, 'latin1'))))

/** An upstream server of node:http. */
export async function http(listener: RequestListener) {
  const server = createHttpServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    server,
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A proxy that is closed at the end of the test. */
export function through(upstream: { readonly url: string }, options: ProxyOptions = {}, path = '') {
  return proxy(`${upstream.url}${path}`, options)
}

/** Serves an application on a free port and sends bytes to it. */
export async function serving(app: Application, options: ServeOptions = {}) {
  const errors: unknown[] = []
  const server = await serve(lint(app), {
    listen: 'http://127.0.0.1:0',
    gracefulTimeout: 2_000,
    errors: { write: (problem) => errors.push(problem) },
    ...options,
  })
  const port = Number(new URL(server.addresses[0]!).port)
  return {
    url: `http://127.0.0.1:${port}`,
    errors,
    connect: () => connect(port, '127.0.0.1').on('error', () => {}),
    /** Sends a request and reads until the connection is closed. */
    async send(text: string): Promise<string> {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(text, 'latin1')
      return (await readAll(socket)).toString('latin1')
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

/** Reads until the connection is closed, however it is. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks)
}

/** Resolves to what a connection has received once it contains this text. */
export function received(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = ''
    socket.on('data', function onData(chunk) {
      seen += chunk.toString('latin1')
      if (!seen.includes(text)) return
      socket.off('data', onData)
      resolve(seen)
    })
  })
}

/** Waits until something is so. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** The options of a client that does not print reported errors. */
export const quiet = { errors: { write() {} } }
