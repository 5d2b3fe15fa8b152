/**
 * Accepts a WebSocket: the application calls `accept` and returns the resulting response. Any other response is sent
 * unchanged and rejects the handshake.
 *
 * Source: RFC 6455 §4.2.
 */
export interface Upgrade {
  /** The subprotocols that the client offers, in its order of preference. */
  readonly protocols: readonly string[]
  /**
   * Accepts the handshake. Returns a response of status 204 without a body; the gateway sends its header fields with
   * the 101. May be called once. `handler` runs once the connection is open.
   */
  accept(handler: (socket: UpgradeSocket) => void | Promise<void>, options?: UpgradeOptions): Response
}

/** The options of {@link Upgrade.accept}. */
export interface UpgradeOptions {
  /** The chosen subprotocol, one of those offered. None by default. */
  readonly protocol?: string
  /** The maximum size of an accepted message, in bytes after decompression. */
  readonly maxMessage?: number
  /** The number of queued bytes above which `send` waits. */
  readonly maxBuffered?: number
}

/** An open WebSocket. Iterate over it to receive messages; the connection is read no faster than the loop runs. */
export interface UpgradeSocket extends AsyncIterable<string | Uint8Array> {
  /** The subprotocol that was chosen, or `''`. */
  readonly protocol: string
  /** The number of queued bytes. */
  readonly buffered: number
  /** Aborts when the connection closes or the gateway starts to stop. */
  readonly signal: AbortSignal
  /** How the connection was closed. Resolves, never rejects. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly clean: boolean }>
  /** Sends a message. Resolves when there is room for the next one. */
  send(message: string | Uint8Array): Promise<void>
  /** Closes the connection. The default code is 1000. */
  close(code?: number, reason?: string): void
}
