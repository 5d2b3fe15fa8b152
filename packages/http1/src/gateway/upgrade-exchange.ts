import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Application } from '@tsgi/core'
import { Handshake, isHandshake, isUpgradeField, type ResponsePlan } from '@tsgi/core/gateway'
import { Output } from '../connection/output.ts'
import type { TurnConnection } from '../connection/turn.ts'
import type { RequestHead } from '../parse/request-head.ts'
import { Http1Exchange } from './exchange.ts'
import type { Http1Settings } from './settings.ts'

/** A request that is the handshake of a WebSocket: either the connection is upgraded, or this is its last response. */
export class UpgradeExchange extends Http1Exchange {
  readonly upgrade: Handshake

  /** @throws HttpError if the request must be rejected before it reaches the application. */
  constructor(app: Application, connection: TurnConnection, head: RequestHead, settings: Http1Settings) {
    super(app, connection, head, settings)
    connection.isBroken = true
    this.upgrade = new Handshake(head.field('sec-websocket-protocol'), settings.sockets)
  }

  override writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void {
    if (this.upgrade.isAcceptedBy(plan.status)) this.#switch(plan)
    else super.writeWhole(plan, body)
  }

  override close(isWhole: boolean): void {
    super.close(isWhole)
    this.upgrade?.reject()
  }

  #switch({ fields }: ResponsePlan): void {
    const { socket } = this.connection
    const head = this.connection.detach()
    this.status = 101
    const native = { incoming: incomingMessage(this.head, socket), socket, head }
    const sent = fields.filter((_, at) => isUpgradeField(fields[at & ~1]!))
    try {
      this.upgrade.connect({ type: 'stream', native, fields: sent })
    } catch (error) {
      this.errors.write(error)
      socket.destroy()
    }
    this.close(!socket.destroyed)
    // An open WebSocket may have the environ in use for days. It takes about 1 KiB less without the connection.
    this.release(noConnection)
  }
}

const noSocket = new Socket()

/** Stands in for the connection of an exchange that has become a WebSocket. */
const noConnection: TurnConnection = {
  socket: noSocket,
  output: new Output(noSocket, 0),
  isBroken: true,
  hasRest: false,
  hasWaiting: false,
  read() {},
  skip() {},
  finish() {},
  detach: () => Buffer.alloc(0),
}

/** Returns whether a request is the handshake of a WebSocket, without a body. */
export function isWebSocketHandshake(head: RequestHead): boolean {
  return (
    head.hasUpgrade &&
    head.method === 'GET' &&
    head.minorVersion === 1 &&
    head.bodyLength === 0 &&
    isHandshake({
      connection: head.field('connection'),
      upgrade: head.field('upgrade'),
      version: head.field('sec-websocket-version'),
      key: head.field('sec-websocket-key'),
    })
  )
}

/** Creates the object of `node:http` that WebSocket libraries read the handshake from. */
function incomingMessage(head: RequestHead, socket: Socket): IncomingMessage {
  const { method, target, rawHeaders } = head
  const incoming = new IncomingMessage(socket)
  incoming.method = method
  incoming.url = target
  incoming.httpVersion = '1.1'
  incoming.httpVersionMajor = 1
  incoming.httpVersionMinor = 1
  incoming.rawHeaders = [...rawHeaders]
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
  incoming.headers = Object.fromEntries(names.map((name) => [name, head.field(name)]))
  incoming.complete = true
  return incoming
}
