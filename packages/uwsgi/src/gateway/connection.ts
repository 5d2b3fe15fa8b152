import type { Socket } from 'node:net'
import { type Application, HttpError } from '@tsgi/core'
import {
  handleRequest,
  headText,
  planProblem,
  planRejection,
  probeForReset,
  type ResponsePlan,
} from '@tsgi/core/gateway'
import { MODIFIER_PING, PacketError, type UwsgiPacket } from '../packet/packet.ts'
import { PacketReader } from '../packet/packet-reader.ts'
import { type Settings, UwsgiExchange } from './exchange.ts'
import { rejectedRequest } from './rejected-request.ts'

/** How long the front end has to close the connection after the response, in milliseconds. */
const LINGER_MS = 5_000
/** How often to look for a reset while not reading, in milliseconds. */
const PROBE_MS = 1_000

/** Serves one connection: a packet, its body, and one response. No front end reuses a uwsgi connection. */
export function serveConnection(socket: Socket, app: Application, settings: Settings): void {
  const { limits } = settings
  const reader = new PacketReader({ maxVariables: limits.maxHeadersCount * 2 })
  let exchange: UwsgiExchange | undefined
  let timer = setTimeout(expire, limits.headersTimeout)
  let probe: NodeJS.Timeout | undefined

  socket.on('data', (chunk: Buffer<ArrayBuffer>) => {
    // Keep reading after the response: closing now would reset the connection before the front end has read it.
    if (socket.writableEnded) return
    if (exchange === undefined) open(chunk)
    else receive(exchange, chunk)
  })
  // A front end half-closes only when its client has disconnected.
  socket.on('end', () => {
    exchange?.disconnect()
    socket.destroy()
  })
  socket.on('pause', () => {
    probe = setInterval(probeForReset, PROBE_MS, socket)
  })
  socket.on('resume', () => clearInterval(probe))
  socket.on('finish', () => {
    exchange?.close(true)
    exchange?.stalled(false)
    wait(LINGER_MS, () => socket.destroy())
  })
  socket.on('timeout', () => socket.destroy())
  // 'close' follows and handles it.
  socket.on('error', () => {})
  socket.on('close', () => {
    clearTimeout(timer)
    clearInterval(probe)
    exchange?.disconnect()
  })

  function open(chunk: Buffer): void {
    let packet: UwsgiPacket | undefined
    try {
      packet = reader.push(chunk)
    } catch (error) {
      refuse(planProblem(packetRefusal(error), 'GET'))
      return
    }
    if (packet === undefined) return
    if (packet.modifier1 === MODIFIER_PING) send(() => socket.write(PONG))
    else begin(packet)
  }

  function begin(packet: UwsgiPacket): void {
    try {
      exchange = new UwsgiExchange(packet, socket, settings)
    } catch (error) {
      refuse(planRejection(settings, error, rejectedRequest(packet)))
      return
    }
    const current = exchange
    clearTimeout(timer)
    if (limits.receiveTimeout > 0) wait(limits.receiveTimeout, expire)
    receive(current, reader.rest as Buffer<ArrayBuffer>)
    handleRequest(app, current)
  }

  function receive({ body }: UwsgiExchange, chunk: Buffer<ArrayBuffer>): void {
    // Not a `Buffer`, whose `slice` does not copy.
    body.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    if (body.complete) clearTimeout(timer)
  }

  function wait(delay: number, then: () => void): void {
    clearTimeout(timer)
    timer = setTimeout(then, delay)
  }

  function expire(): void {
    if (exchange !== undefined) exchange.body.expire()
    else refuse(planProblem(new HttpError(408, 'The request took too long to arrive.'), 'GET'))
  }

  /** Rejects a request before it reaches the application. */
  function refuse(plan: ResponsePlan): void {
    send(() => {
      socket.write(headText(plan, 'connection: close\r\n'), 'latin1')
      if (typeof plan.body === 'string') socket.write(plan.body)
    })
  }

  /** Sends the last bytes of this connection. */
  function send(write: () => void): void {
    socket.cork()
    write()
    socket.end()
    wait(LINGER_MS, () => socket.destroy())
  }
}

/** uWSGI's response to a ping. */
const PONG = Buffer.from([MODIFIER_PING, 0, 0, 1])

function packetRefusal(error: unknown): HttpError {
  if (!(error instanceof PacketError)) throw error
  return new HttpError(error.fault === 'too-many-variables' ? 431 : 400, error.message, { cause: error })
}
