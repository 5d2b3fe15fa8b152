import type { ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { rawSocket } from '../../proxies/peer.ts'

/**
 * Closes a connection on which no bytes move in either direction for a while, although the client is asked for a reply.
 * Otherwise Node would keep a session whose client disappears during a write: after a write has failed, it neither reads nor
 * writes, and emits no event.
 */
export class SessionProbe {
  readonly #session: ServerHttp2Session
  readonly #socket: Socket
  /** The socket under TLS: it counts bytes when they are passed to the system. */
  readonly #raw: Socket
  #read = -1
  #written = 0
  #silentRounds = 0
  #timer: NodeJS.Timeout | undefined

  /** @param timeout Milliseconds of silence, at least; 0 for no limit. */
  constructor(session: ServerHttp2Session, socket: Socket, timeout: number) {
    this.#session = session
    this.#socket = socket
    this.#raw = rawSocket(socket as TLSSocket) ?? socket
    if (timeout > 0) this.limit(timeout)
  }

  /** Changes the maximum time of silence. */
  limit(timeout: number): void {
    this.stop()
    this.#timer = setInterval(() => this.#look(), timeout / ROUNDS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { bytesRead } = this.#socket
    const { bytesWritten } = this.#raw
    const isSilent = bytesRead === this.#read && bytesWritten - this.#written <= PING_BYTES
    this.#read = bytesRead
    this.#written = bytesWritten
    this.#silentRounds = isSilent ? this.#silentRounds + 1 : 0
    if (this.#session.destroyed || this.#silentRounds === ROUNDS) this.#socket.destroy()
    else if (isSilent) this.#session.ping(() => {})
  }
}

/** Rounds without a byte before the connection is closed. */
const ROUNDS = 3
/** Maximum size of a PING in a TLS record. */
const PING_BYTES = 64
