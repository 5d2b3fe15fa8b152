/** The parts of a Node socket that {@link watchHalfClosed} and {@link probeForReset} need. */
export interface WatchedSocket {
  readonly writable: boolean
  readonly writableLength: number
  readonly bytesWritten: number
  write(text: string): unknown
  destroy(): unknown
  on(event: 'close', listener: () => void): unknown
}

/** A response that a client may still wait for. */
export interface AwaitedResponse {
  /** Whether `100 Continue` can be sent: the response has not begun, and the client understands interim responses. */
  readonly allowsInterim: boolean
  /** Sends `100 Continue`. */
  sendInterim(): void
}

/**
 * Watches an HTTP/1.1 connection whose client has closed its side. The client either waits for its response or has
 * disconnected, and TCP shows which only when something is sent: a client that has disconnected replies with a reset. While
 * the response makes no progress, the client is sent `100 Continue`, which it must ignore (RFC 9110 §15.2). If nothing can
 * be sent, the connection is closed after five seconds without progress.
 *
 * @param response Returns the current response; undefined between two requests.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:net'
 * import { watchHalfClosed } from '@tsgi/core/gateway'
 *
 * const server = createServer({ allowHalfOpen: true }, (socket) => {
 *   const sendInterim = () => void socket.write('HTTP/1.1 100 Continue\r\n\r\n')
 *   socket.on('end', () => watchHalfClosed(socket, () => ({ allowsInterim: true, sendInterim })))
 * })
 * server.close()
 * ```
 */
export function watchHalfClosed(socket: WatchedSocket, response: () => AwaitedResponse | undefined): void {
  let written = socket.bytesWritten
  let quiet = 0
  let nextInterim = FIRST_INTERIM_MS

  let delay = INTERVAL_MS
  let timer = setTimeout(look, delay)

  function look(): void {
    const current = response()
    probeForReset(socket)
    // `sendTimeout` applies to a client that does not read.
    if (current === undefined || socket.bytesWritten !== written || socket.writableLength > 0) {
      written = socket.bytesWritten
      quiet = 0
    } else {
      quiet += delay
      if (!current.allowsInterim) {
        if (quiet >= MAX_QUIET_MS) socket.destroy()
      } else if (quiet >= nextInterim) {
        current.sendInterim()
        written = socket.bytesWritten
        nextInterim *= 4
      }
    }
    // Thousands of connections may wait for a long time.
    delay = Math.min(Math.max(INTERVAL_MS, quiet), MAX_INTERVAL_MS)
    timer = setTimeout(look, delay)
  }
  socket.on('close', () => clearTimeout(timer))
}

/**
 * Destroys a connection that the client has reset. Node notices a reset only when it reads or writes, and a connection is not
 * read while bytes wait. A write of no bytes sends nothing, but fails after a reset.
 *
 * Over TLS, Node does not pass the failure on.
 *
 * @example
 * ```ts
 * import type { Socket } from 'node:net'
 * import { probeForReset } from '@tsgi/core/gateway'
 *
 * function probeWhilePaused(socket: Socket) {
 *   let timer: NodeJS.Timeout | undefined
 *   socket.on('pause', () => {
 *     timer = setInterval(probeForReset, 1_000, socket)
 *   })
 *   for (const event of ['resume', 'close']) socket.on(event, () => clearInterval(timer))
 * }
 * ```
 */
export function probeForReset(socket: WatchedSocket): void {
  if (socket.writable && socket.writableLength === 0 && !('encrypted' in socket)) socket.write('')
}

/** Milliseconds between two looks at a connection: at first, and at most. */
const INTERVAL_MS = 100
const MAX_INTERVAL_MS = 1_000
/** Milliseconds without progress before the first interim response; four times as many before each further one. */
const FIRST_INTERIM_MS = 200
/** Milliseconds without progress before the connection is closed. */
const MAX_QUIET_MS = 5_000
