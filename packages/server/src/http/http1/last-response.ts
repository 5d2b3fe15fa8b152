import type { Socket } from 'node:net'
import type { HttpError } from '@tsgi/core'
import { headText, planProblem } from '@tsgi/core/gateway'

/** Writes the last response of a connection without using a Node response object, and ends the connection. */
export function endWith(socket: Socket, error: HttpError): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const plan = planProblem(error, 'GET')
  socket.end(`${headText(plan, 'connection: close\r\n')}${plan.body}`)
  linger(socket)
}

/** Ends a connection whose client may still be sending: closing now would reset it and lose the response. */
export function linger(socket: Socket): void {
  if (!socket.writableEnded) socket.end()
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.on('close', () => clearTimeout(timer))
}

const LINGER_MS = 2_000
