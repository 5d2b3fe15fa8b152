import type { Socket } from 'node:net'
import type { HttpError } from '@tsgi/core'
import type { AwaitedResponse, ResponsePlan } from '@tsgi/core/gateway'
import type { Limits } from '@tsgi/core/options'
import type { RequestHead } from '../parse/request-head.ts'
import type { Deadlines } from './deadlines.ts'
import type { ConnectionLimits } from './limits.ts'
import type { Output } from './output.ts'

/** One request on a connection and its response. The connection does everything else. */
export interface Turn extends AwaitedResponse {
  /** Starts to respond, immediately or later. */
  start(): void
  /** Receives a part of the request body after `read`. */
  receive(bytes: Uint8Array<ArrayBuffer>): void
  /** Called at the end of the request body. */
  receiveEnd(): void
  /** Called if the rest of the request will not arrive. */
  breakOff(error: HttpError): void
  /** Called when the response has ended: passed to the system as a whole, or cut off with the connection. */
  close(isWhole: boolean): void
}

/** The connection of a turn. */
export interface TurnConnection {
  readonly socket: Socket
  readonly output: Output
  /** Whether the rest of the request can no longer arrive, and no request can follow. */
  isBroken: boolean
  /** Whether a part of the request body has not been parsed. */
  readonly hasRest: boolean
  /** Whether a part of the next request has arrived. */
  readonly hasWaiting: boolean
  /** Asks for the next part of the request body. */
  read(): void
  /** Drops the part of the request body that has arrived. */
  skip(): void
  /** Called when the turn has written its whole response. `isLast` ends the connection after it. */
  finish(isLast: boolean): void
  /** Leaves the socket to another protocol. Returns the bytes that have arrived after the request. */
  detach(): Buffer
}

/** The state that the connections of a gateway share. */
export interface ConnectionHost {
  readonly limits: Limits<ConnectionLimits>
  readonly deadlines: Deadlines
  /** Whether idle connections are closed, because the gateway is stopping. */
  readonly isClosing: boolean
  /** Creates the turn of a request. @throws HttpError if the request is rejected. */
  open(connection: TurnConnection, head: RequestHead): Turn
  /** Called when a connection has closed, or was left to another protocol. */
  closed(connection: TurnConnection): void
  /** Plans the response to a request that is rejected before it has a turn. */
  reject(error: unknown, head: RequestHead | undefined, socket: Socket): ResponsePlan
}
