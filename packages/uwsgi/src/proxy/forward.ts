import { type Environ, HttpError } from '@tsgi/core'
import type { UwsgiAddress } from './address.ts'
import { BackendSocket } from './backend-socket.ts'
import type { UwsgiRequest } from './request-packet.ts'
import { ResponseBody } from './response-body.ts'
import { framingOf, responseHeaders } from './response-headers.ts'
import { type ParsedHead, ResponseParser } from './response-parser.ts'
import { Upload } from './upload.ts'

/** Limits on the backend; durations in milliseconds. */
export interface ProxyLimits {
  readonly connectTimeout: number
  readonly timeout: number
  readonly maxHeaderSize: number
}

/**
 * Sends a request to a uwsgi server and resolves to the response once its head has arrived. The connection closes at
 * the end of the response body, when the body is cancelled, or when the client disconnects.
 */
export function forward(
  address: UwsgiAddress,
  request: UwsgiRequest,
  { method, signal }: Environ,
  limits: ProxyLimits,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const parser = new ResponseParser(limits.maxHeaderSize)
  const socket = new BackendSocket(address, onBytes)
  const upload = new Upload(request, socket)
  let body: ResponseBody | undefined
  let connected = false
  let responded = false

  socket.setTimeout(limits.connectTimeout)
  socket.on('connect', () => {
    connected = true
    const restartTimeout = () => socket.setTimeout(limits.timeout)
    restartTimeout()
    upload.send(restartTimeout).catch((error: unknown) => {
      // Once the response has started, the rest of the request no longer matters.
      if (!responded) fail(error)
    })
  })
  socket.on('end', () => socket.afterReset(() => onEnd(socket.writeError)))
  socket.on('error', onEnd)
  socket.on('timeout', onTimeout)
  socket.on('close', () => {
    signal.removeEventListener('abort', onAbort)
    upload.cancel()
  })
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  return promise

  function onBytes(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (body !== undefined) return body.push(bytes)
    try {
      const head = parser.push(bytes)
      return head === undefined || onHead(head)
    } catch (error) {
      fail(badGateway('The upstream server sent an invalid response.', error))
      return false
    }
  }

  /** Resolves to the response. Returns whether to continue reading. */
  function onHead(head: ParsedHead): boolean {
    const { hasBody, length } = framingOf(head, method)
    const { status, statusText } = head
    if (hasBody) body = new ResponseBody(socket, length)
    responded = true
    const headers = responseHeaders(head, hasBody)
    resolve(new Response(body?.stream ?? null, { status, statusText, headers }))
    if (body !== undefined) return body.push(parser.rest)
    // uWSGI sends a body even in response to HEAD.
    socket.destroy()
    return false
  }

  function onEnd(error: Error | undefined): void {
    // If a server closes without having read the whole request, it resets the connection. TCP then discards bytes that it
    // has not delivered yet; a Unix socket does not.
    if (error === undefined || 'path' in address) body?.end()
    if (responded) fail(error)
    else fail(badGateway(connected ? NO_RESPONSE : 'The upstream server cannot be reached.', error))
  }

  function onTimeout(): void {
    if (responded ? !body?.awaited : upload.awaitsClient) {
      // The client is slow, not the backend. The gateway has its own timeouts for that.
      socket.setTimeout(limits.timeout)
      return
    }
    const what = connected ? 'sent nothing' : 'did not accept the connection'
    const cause = new Error(`The uwsgi server ${what} for ${socket.timeout} ms`)
    fail(new HttpError(504, 'The upstream server timed out.', { cause }))
  }

  function onAbort(): void {
    // Not an error of the server: 4xx statuses are not logged.
    fail(new HttpError(499, 'The client disconnected.', { cause: signal.reason }))
  }

  function fail(error: unknown): void {
    if (responded) body?.fail(error)
    else reject(error)
    responded = true
    socket.destroy()
  }
}

const NO_RESPONSE = 'The upstream server closed the connection without a response.'

function badGateway(detail: string, cause: unknown): HttpError {
  return new HttpError(502, detail, { cause })
}
