/**
 * Accepts a WebSocket: the application calls `accept` and returns the resulting response. Any other response is sent
 * unchanged and rejects the handshake. `websocket` of `@tsgi/websocket` does this, and turns the connection into messages.
 *
 * Source: RFC 6455 §4.2.
 */
export interface Upgrade {
  /** The subprotocols that the client offers, in its order of preference. */
  readonly protocols: readonly string[]
  /**
   * Accepts the handshake. Returns a response of status 204 without a body; the gateway sends its header fields with
   * the 101.
   *
   * @param open Called once with the connection, after the response has passed through all middleware. Never called if
   *   another response is sent, or the client has left.
   * @throws TypeError if it is called twice, or the subprotocol was not offered; HttpError 503 if the gateway is stopping
   *   or has too many open WebSockets.
   */
  accept(open: (connection: UpgradedConnection) => OpenSocket, options?: UpgradeOptions): Response
}

/** The options of {@link Upgrade.accept}. */
export interface UpgradeOptions {
  /** The chosen subprotocol, one of those offered. Default: none. */
  readonly protocol?: string | undefined
}

/** The connection of an accepted handshake, in the form in which the runtime has it. */
export type UpgradedConnection =
  | {
      /** Node: a stream of bytes. It is paused. The receiver writes the 101 with these fields. */
      readonly type: 'stream'
      /** Node's `{ incoming, socket, head }`, the arguments of its event `upgrade`. */
      readonly native: unknown
      /** The header fields to send with the 101: alternating names and values. */
      readonly fields: readonly string[]
    }
  | {
      /** Deno, Workers and the test client: a WebSocket of the WHATWG standard, open or opening. */
      readonly type: 'websocket'
      readonly native: WebSocket
    }
  | {
      /** Bun: its `ServerWebSocket`. Its `data` receives the events. */
      readonly type: 'bun'
      readonly native: unknown
    }

/** An open WebSocket, as its gateway sees it. */
export interface OpenSocket {
  /** Resolves when the connection has closed. Never rejects. */
  readonly closed: Promise<unknown>
  /** The number of messages that the application has received and sent so far, for statistics. */
  readonly messages?: { readonly received: number; readonly sent: number }
  /** Called when the gateway starts to stop, before `close`. */
  stopping(): void
  /** Closes the connection: with code 1001 if the gateway stops, with 1012 if another process replaces it. */
  close(code: number, reason: string): void
}
