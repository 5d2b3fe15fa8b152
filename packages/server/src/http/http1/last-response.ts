import type { Socket } from 'node:net'
import type { HttpError } from '@tsgi/core'
import { headText, type ResponsePlan, unreadTimeout } from '@tsgi/core/gateway'

/** Bytes that are not a request, and the response to them. */
export interface Failure {
  readonly error: HttpError
  /** Plans the response, when its turn has come. */
  plan(): ResponsePlan
  /** Milliseconds in which the client may read nothing; 0 for no limit. */
  readonly sendTimeout: number
}

/** Writes the last response of a connection without using a Node response object, and ends the connection. */
export function endWith(socket: Socket, { plan: makePlan, sendTimeout }: Failure): void {
  const plan = makePlan()
  socket.end(`${headText(plan, 'connection: close\r\n')}${plan.body ?? ''}`)
  linger(socket)
  if (socket.writableLength === 0 || sendTimeout === 0) return
  const timer = setTimeout(() => socket.destroy(), unreadTimeout(sendTimeout, socket.writableLength))
  socket.on('close', () => clearTimeout(timer))
}

/**
 * Ends a connection once everything written has been sent. Drops what the client still sends for a while: closing
 * immediately would reset the connection of a client that is sending, and lose its response (RFC 9112 §9.6).
 */
export function linger(socket: Socket): void {
  if (!socket.writableEnded) socket.end()
  if (socket.readableEnded || socket.destroyed) return
  let room = LINGER_BYTES
  // Node would parse requests.
  socket.removeAllListeners('data')
  socket.on('data', (chunk: Buffer) => {
    room -= chunk.length
    if (room < 0) socket.destroy()
  })
  socket.resume()
  // The time for the client to read the response is limited elsewhere.
  if (socket.writableFinished) limit(socket)
  else socket.on('finish', () => limit(socket))
}

function limit(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.on('close', () => clearTimeout(timer))
}

const LINGER_MS = 5_000
const LINGER_BYTES = 16 * 1024 * 1024
