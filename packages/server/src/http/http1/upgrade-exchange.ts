import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Handshake, isHandshake, isUpgradeField, type ResponsePlan } from '@tsgi/core/gateway'
import type { Settings } from '../settings.ts'
import { connectionOf } from './connection.ts'
import type { EarlyBytes } from './early-bytes.ts'
import { Http1Exchange } from './http1-exchange.ts'

/** The last request of its connection. */
export class LastExchange extends Http1Exchange {
  override isBroken = true
}

/** A request that is the handshake of a WebSocket: either the connection is upgraded, or this is its last response. */
export class UpgradeExchange extends LastExchange {
  readonly upgrade: Handshake
  readonly #early: EarlyBytes

  /** @throws HttpError if the request must be rejected before it reaches the application. */
  constructor(incoming: IncomingMessage, outgoing: ServerResponse, settings: Settings, early: EarlyBytes) {
    super(incoming, outgoing, settings, false)
    this.upgrade = new Handshake(incoming.headers['sec-websocket-protocol'], settings.sockets)
    this.#early = early
  }

  override writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void {
    if (this.upgrade.isAcceptedBy(plan.status)) this.#switch(plan)
    else super.writeWhole(plan, body)
  }

  override close(isWhole: boolean): void {
    super.close(isWhole)
    this.upgrade?.reject()
    // The connection is not idle, although it has no exchange.
    this.connection.bytesAtRest = undefined
  }

  #switch({ fields }: ResponsePlan): void {
    const { incoming, outgoing } = this
    const socket = incoming.socket
    outgoing.detachSocket(socket)
    this.status = 101
    const native = { incoming, socket, head: this.#early.take() }
    const sent = fields.filter((_, at) => isUpgradeField(fields[at & ~1]!))
    try {
      this.upgrade.connect({ type: 'stream', native, fields: sent })
    } catch (error) {
      this.errors.write(error)
      socket.destroy()
    }
    this.close(!socket.destroyed)
  }
}

/** Returns whether a request is the handshake of a WebSocket, without a body. */
export function isWebSocketHandshake({
  method,
  httpVersionMajor,
  httpVersionMinor,
  headers,
}: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    httpVersionMajor === 1 &&
    httpVersionMinor === 1 &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    isHandshake({
      connection: headers.connection,
      upgrade: headers.upgrade,
      version: headers['sec-websocket-version'],
      key: headers['sec-websocket-key'],
    })
  )
}

/** Creates the response to a handshake that is rejected. Node creates none, because it has handed the socket over. */
export function lastResponse(incoming: IncomingMessage, socket: Socket): ServerResponse {
  const outgoing = new ServerResponse(incoming)
  outgoing.shouldKeepAlive = false
  outgoing.assignSocket(socket)
  const onDrain = () => outgoing.emit('drain')
  socket.on('drain', onDrain)
  outgoing.on('finish', () => {
    socket.off('drain', onDrain)
    outgoing.detachSocket(socket)
    outgoing.emit('close')
    connectionOf(socket).close()
  })
  return outgoing
}
