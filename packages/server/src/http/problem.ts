/** Responses to requests that no application sees, because no environ can be made of them. */
import type { Socket } from 'node:net'
import type { HttpError } from '@tsgi/core'
import { reasonPhrase } from '@tsgi/core/gateway'

export function problem({ status, detail }: HttpError): { fields: string[]; body: string } {
  const members = { type: 'about:blank', title: reasonPhrase(status), status }
  const body = JSON.stringify(detail === undefined ? members : { ...members, detail })
  return {
    fields: ['content-type', 'application/problem+json', 'content-length', String(Buffer.byteLength(body))],
    body,
  }
}

/** Writes the last response of a connection, without a response object of Node's, and ends it. */
export function endWith(socket: Socket, error: HttpError): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { fields, body } = problem(error)
  let head = `HTTP/1.1 ${error.status} ${reasonPhrase(error.status)}\r\ndate: ${new Date().toUTCString()}\r\nconnection: close\r\n`
  for (let at = 0; at < fields.length; at += 2) head += `${fields[at]}: ${fields[at + 1]}\r\n`
  socket.end(`${head}\r\n${body}`)
  // The client may still be sending: closing now would reset the connection, and lose the response with it.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.on('close', () => clearTimeout(timer))
}

const LINGER_MS = 2_000
