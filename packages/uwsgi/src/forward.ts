import type { Socket } from 'node:net'
import { type Environ, HttpError } from '@tsgi/core'
import { drained } from '@tsgi/core/gateway'
import { type BackendHead, ResponseReader } from './response-reader.ts'
import { UpstreamBody } from './upstream-body.ts'
import type { UpstreamRequest } from './upstream-request.ts'
import { framingOf, responseHeaders } from './upstream-response.ts'

/** The bounds that a backend is held to. */
export interface UpstreamLimits {
  readonly connectTimeout: number
  readonly timeout: number
  readonly maxHeaderSize: number
}

/**
 * Sends one request over a connection that is being made, and resolves to its response as soon as the head has come.
 * The connection ends with the response's body, with its reader, or with the client, whichever is first.
 */
export function forward(
  socket: Socket,
  request: UpstreamRequest,
  { method, signal }: Environ,
  limits: UpstreamLimits,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const reader = new ResponseReader(limits.maxHeaderSize)
  let upload: ReadableStreamDefaultReader<Uint8Array> | undefined
  let body: UpstreamBody | undefined
  let connected = false
  let answered = false
  /** Whether the next bytes are the client's to send. */
  let awaitsClient = false

  function fail(error: unknown): void {
    if (answered) body?.fail(error)
    else reject(error)
    answered = true
    socket.destroy()
  }

  function answer(init: ResponseInit, content: UpstreamBody | undefined): void {
    answered = true
    body = content
    resolve(new Response(content?.stream ?? null, init))
  }

  function onAbort(): void {
    // Nobody is left to be answered: a status of the client's own keeps it out of the log.
    fail(new HttpError(499, 'The client left.', { cause: signal.reason }))
  }

  function onHead(head: BackendHead): void {
    const { hasBody, length } = framingOf(head, method)
    const { status, statusText } = head
    const init = { status, statusText, headers: responseHeaders(head, hasBody) }
    answer(init, hasBody ? new UpstreamBody(socket, length) : undefined)
    if (body !== undefined) body.push(reader.rest)
    // Some send one all the same, uWSGI to HEAD.
    else socket.destroy()
  }

  socket.setTimeout(limits.connectTimeout)
  socket.on('connect', () => {
    connected = true
    socket.setTimeout(limits.timeout)
    socket.write(request.packet)
    send().catch((error: unknown) => {
      // A backend may answer before it has read everything, and end its side.
      if (!answered) fail(error)
    })
  })
  socket.on('data', (chunk: Buffer<ArrayBuffer>) => {
    if (body !== undefined) {
      body.push(chunk)
      return
    }
    try {
      const head = reader.push(chunk)
      if (head !== undefined) onHead(head)
    } catch (error) {
      fail(badGateway('The application behind this server gave an answer that cannot be read.', error))
    }
  })
  socket.on('end', () => {
    body?.end()
    if (answered) socket.destroy()
    else fail(badGateway('The application behind this server gave no answer.'))
  })
  socket.on('timeout', () => {
    if (answered ? !body?.awaited : awaitsClient) {
      // It is the client that is slow; the gateway has bounds for that.
      socket.setTimeout(limits.timeout)
      return
    }
    const what = connected ? 'answered nothing' : 'could not be connected to'
    fail(
      new HttpError(504, 'The application behind this server is too slow.', {
        cause: new Error(`The uwsgi server ${what} for ${socket.timeout} ms`),
      }),
    )
  })
  socket.on('error', (error) =>
    fail(badGateway('The application behind this server cannot be reached.', error)),
  )
  socket.on('close', () => {
    signal.removeEventListener('abort', onAbort)
    upload?.cancel().catch(() => {})
  })
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()

  async function send(): Promise<void> {
    if (request.body === null) return
    upload = request.body.getReader()
    let left = request.length
    for (;;) {
      awaitsClient = true
      const { done, value } = await upload.read()
      awaitsClient = false
      // The silence before was the client's.
      socket.setTimeout(limits.timeout)
      if (done) break
      left -= value.byteLength
      if (left < 0) throw new HttpError(400, 'The request has more bytes than its Content-Length says.')
      if (socket.destroyed) return
      if (!socket.write(value)) await drained(socket)
    }
    if (left > 0) throw new HttpError(400, 'The request has fewer bytes than its Content-Length says.')
  }
  return promise
}

function badGateway(detail: string, cause?: unknown): HttpError {
  return new HttpError(502, detail, cause === undefined ? {} : { cause })
}
