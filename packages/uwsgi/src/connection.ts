import type { Socket } from 'node:net'
import { type Application, HttpError } from '@tsgi/core'
import { answerInTime, reasonPhrase } from '@tsgi/core/gateway'
import { type Settings, UwsgiExchange } from './exchange.ts'
import { MODIFIER_PING, type Packet, PacketError } from './packet.ts'
import { PacketReader } from './packet-reader.ts'
import { writeResponse } from './write-response.ts'

/** Milliseconds for the front end to end its side once it was answered. */
const LINGER_MS = 5_000

/** Serves one connection: a packet, the body that follows it, and one response (no front end keeps it for another). */
export function serveConnection(socket: Socket, app: Application, settings: Settings): void {
  const { limits } = settings
  const reader = new PacketReader({ maxVariables: limits.maxHeadersCount * 2 })
  let exchange: UwsgiExchange | undefined
  let timer = setTimeout(expire, limits.headersTimeout)

  socket.on('data', (chunk: Buffer<ArrayBuffer>) => {
    // What is sent after the answer is read, and goes nowhere: to close would reset the connection under the answer.
    if (socket.writableEnded) return
    if (exchange === undefined) open(chunk)
    else receive(exchange, chunk)
  })
  // Every front end ends its side when its client has left, and none before the response is over.
  socket.on('end', () => {
    exchange?.body.cutOff()
    exchange?.close()
    socket.destroy()
  })
  socket.on('finish', () => {
    exchange?.close()
    wait(LINGER_MS, () => socket.destroy())
  })
  socket.on('timeout', () => socket.destroy())
  // What went wrong is told by 'close', which follows.
  socket.on('error', () => {})
  socket.on('close', () => {
    clearTimeout(timer)
    exchange?.body.cutOff()
    exchange?.close()
  })

  function open(chunk: Buffer): void {
    let packet: Packet | undefined
    try {
      packet = reader.push(chunk)
    } catch (error) {
      refuse(packetRefusal(error))
      return
    }
    if (packet === undefined) return
    if (packet.modifier1 === MODIFIER_PING) say(PONG)
    else begin(packet)
  }

  function begin(packet: Packet): void {
    try {
      exchange = new UwsgiExchange(packet, socket, settings)
    } catch (error) {
      refuse(error)
      return
    }
    const current = exchange
    clearTimeout(timer)
    if (limits.receiveTimeout > 0) wait(limits.receiveTimeout, expire)
    receive(current, reader.rest as Buffer<ArrayBuffer>)
    answerInTime(app, current, limits.requestTimeout, writeResponse)
  }

  function receive({ body }: UwsgiExchange, chunk: Buffer<ArrayBuffer>): void {
    // A view of the class that the standard promises: `Buffer` has its own meaning of `slice`.
    body.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    if (body.complete) clearTimeout(timer)
  }

  function wait(delay: number, then: () => void): void {
    clearTimeout(timer)
    timer = setTimeout(then, delay)
  }

  function expire(): void {
    if (exchange !== undefined) exchange.body.expire()
    else refuse(new HttpError(408, 'The request took too long to arrive.'))
  }

  /** Answers a request that no application sees. */
  function refuse(error: unknown): void {
    const known = error instanceof HttpError ? error : new HttpError(500)
    if (known !== error) settings.errors.write(error)
    say(refusal(known))
  }

  /** All that is said on this connection. */
  function say(bytes: string | Buffer): void {
    socket.end(bytes)
    wait(LINGER_MS, () => socket.destroy())
  }
}

/** What uWSGI answers to a ping. */
const PONG = Buffer.from([MODIFIER_PING, 0, 0, 1])

function packetRefusal(error: unknown): unknown {
  if (!(error instanceof PacketError)) return error
  return new HttpError(error.fault === 'too-many-variables' ? 431 : 400, error.message, { cause: error })
}

function refusal({ status, detail }: HttpError): string {
  const title = reasonPhrase(status)
  const body = JSON.stringify({ type: 'about:blank', title, status, detail })
  const fields = [
    `HTTP/1.1 ${status} ${title}`,
    `date: ${new Date().toUTCString()}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  return `${fields.join('\r\n')}\r\n\r\n${body}`
}
