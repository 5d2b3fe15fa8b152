/** A message: text, or bytes. */
export type Message = string | Uint8Array<ArrayBufferLike>

/** The connection of a WebSocket, as each runtime implements it. */
export interface Transport {
  /** The number of bytes that have not been sent. */
  readonly buffered: number
  /** Sends a message. Returns a promise if more than `maxBuffered` bytes are waiting, which resolves when there is room. */
  send(message: Message): Promise<void> | undefined
  /** Starts the closing handshake, and cuts the connection after `closeTimeout`. */
  close(code: number, reason: string): void
  /** Stops and resumes reading from the connection, if the runtime can. */
  pause?(): void
  resume?(): void
}

/** The events of a connection. */
export interface Receiver {
  /** Called when messages can be sent. */
  opened(transport: Transport): void
  received(message: Message): void
  /** Called once, at the end. `opened` may never have been called. */
  finish(close: Close): void
  /** Whether reading is paused, so that the client may seem silent. */
  readonly isPaused: boolean
}

/** How a connection was closed. */
export interface Close {
  /** The code of the client's close frame, or why the connection was cut; 1006 if the client left without a close frame. */
  readonly code: number
  readonly reason: string
  /** Whether both sides have sent a close frame. */
  readonly clean: boolean
}
