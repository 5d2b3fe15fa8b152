import type { Socket } from 'node:net'
import { type Environ, HttpError } from '@tsgi/core'
import { drained } from '@tsgi/core/gateway'
import type { UwsgiRequest } from './request-packet.ts'
import { ResponseBody } from './response-body.ts'
import { framingOf, responseHeaders } from './response-headers.ts'
import { type ParsedHead, ResponseParser } from './response-parser.ts'

/** Limits on the backend; durations in milliseconds. */
export interface ProxyLimits {
  readonly connectTimeout: number
  readonly timeout: number
  readonly maxHeaderSize: number
}

/**
 * Sends a request over a connecting socket and resolves to the response once its head has arrived. The connection
 * closes at the end of the response body, when the body is cancelled, or when the client disconnects.
 */
export function forward(
  socket: Socket,
  request: UwsgiRequest,
  { method, signal }: Environ,
  limits: ProxyLimits,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const parser = new ResponseParser(limits.maxHeaderSize)
  let upload: ReadableStreamDefaultReader<Uint8Array> | undefined
  let body: ResponseBody | undefined
  let connected = false
  let answered = false
  /** Whether the upload is waiting for the client. */
  let awaitsClient = false

  function fail(error: unknown): void {
    if (answered) body?.fail(error)
    else reject(error)
    answered = true
    socket.destroy()
  }

  function answer(init: ResponseInit, content: ResponseBody | undefined): void {
    answered = true
    body = content
    resolve(new Response(content?.stream ?? null, init))
  }

  function onAbort(): void {
    // Not an error of the server: a 4xx status is not logged.
    fail(new HttpError(499, 'The client disconnected.', { cause: signal.reason }))
  }

  function onHead(head: ParsedHead): void {
    const { hasBody, length } = framingOf(head, method)
    const { status, statusText } = head
    const init = { status, statusText, headers: responseHeaders(head, hasBody) }
    answer(init, hasBody ? new ResponseBody(socket, length) : undefined)
    if (body !== undefined) body.push(parser.rest)
    // uWSGI sends a body in response to HEAD, for example.
    else socket.destroy()
  }

  socket.setTimeout(limits.connectTimeout)
  socket.on('connect', () => {
    connected = true
    socket.setTimeout(limits.timeout)
    socket.write(request.packet)
    send().catch((error: unknown) => {
      // A backend can respond and close before it has read the whole request.
      if (!answered) fail(error)
    })
  })
  socket.on('data', (chunk: Buffer<ArrayBuffer>) => {
    if (body !== undefined) {
      body.push(chunk)
      return
    }
    try {
      const head = parser.push(chunk)
      if (head !== undefined) onHead(head)
    } catch (error) {
      fail(badGateway('The upstream server sent an invalid response.', error))
    }
  })
  socket.on('end', () => {
    body?.end()
    if (answered) socket.destroy()
    else fail(badGateway('The upstream server closed the connection without a response.'))
  })
  socket.on('timeout', () => {
    if (answered ? !body?.awaited : awaitsClient) {
      // The client is slow, not the backend. The gateway has its own timeouts for that.
      socket.setTimeout(limits.timeout)
      return
    }
    const what = connected ? 'sent nothing' : 'did not accept the connection'
    fail(
      new HttpError(504, 'The upstream server timed out.', {
        cause: new Error(`The uwsgi server ${what} within ${socket.timeout} ms`),
      }),
    )
  })
  socket.on('error', (error) => fail(badGateway('The upstream server cannot be reached.', error)))
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
      // Restart the timeout: until now the client was slow, not the backend.
      socket.setTimeout(limits.timeout)
      if (done) break
      left -= value.byteLength
      if (left < 0) throw new HttpError(400, 'The request body is longer than its Content-Length.')
      if (socket.destroyed) return
      if (!socket.write(value)) await drained(socket)
    }
    if (left > 0) throw new HttpError(400, 'The request body is shorter than its Content-Length.')
  }
  return promise
}

function badGateway(detail: string, cause?: unknown): HttpError {
  return new HttpError(502, detail, cause === undefined ? {} : { cause })
}
