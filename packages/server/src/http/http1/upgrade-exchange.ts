import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
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
  #response: UpgradeResponse | undefined
  #early: EarlyBytes | undefined

  /** @throws HttpError if the request must be rejected before it reaches the application. */
  constructor(incoming: IncomingMessage, outgoing: UpgradeResponse, settings: Settings, early: EarlyBytes) {
    super(incoming, outgoing, settings, false)
    this.upgrade = new Handshake(incoming.headers['sec-websocket-protocol'], settings.sockets)
    this.#response = outgoing
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

  override get protocol(): string {
    return 'HTTP/1.1'
  }

  #switch({ fields }: ResponsePlan): void {
    const { incoming, connection } = this
    const { socket } = incoming
    this.#response!.release()
    connection.detach()
    this.status = 101
    const native = { incoming, socket, head: this.#early!.take() }
    const sent = fields.filter((_, at) => isUpgradeField(fields[at & ~1]!))
    try {
      this.upgrade.connect({ type: 'stream', native, fields: sent })
    } catch (error) {
      this.errors.write(error)
      socket.destroy()
    }
    this.close(!socket.destroyed)
    this.#releaseAll()
  }

  /** An open WebSocket may have the environ in use for days. It takes about 2 KiB less without these objects. */
  #releaseAll(): void {
    this.release(noRequest, noResponse)
    this.connection = noConnection
    this.#response = undefined
    this.#early = undefined
  }
}

// These stand in for those of an exchange whose connection is a WebSocket.
const noSocket = new Socket()
const noRequest = new IncomingMessage(noSocket)
const noResponse = new ServerResponse(noRequest)
const noConnection = connectionOf(noSocket)

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

/** The response to a request for an upgrade, for which Node creates none, because it has handed the socket over. */
export class UpgradeResponse extends ServerResponse {
  readonly #socket: Socket
  readonly #onDrain = () => this.emit('drain')

  constructor(incoming: IncomingMessage) {
    super(incoming)
    const { socket } = incoming
    this.#socket = socket
    this.shouldKeepAlive = false
    this.assignSocket(socket)
    socket.on('drain', this.#onDrain)
    this.on('finish', () => {
      this.release()
      this.emit('close')
      connectionOf(socket).close()
    })
  }

  /** Lets go of the socket. */
  release(): void {
    this.#socket.off('drain', this.#onDrain)
    this.detachSocket(this.#socket)
  }
}
