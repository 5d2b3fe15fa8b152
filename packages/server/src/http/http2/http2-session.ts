import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { RequestLimits } from '@tsgi/core/gateway'
import type { Limits } from '@tsgi/core/options'
import type { ConnectionLimits } from '../limits.ts'
import { SessionProbe } from './session-probe.ts'

/** An HTTP/2 connection. */
export interface KeptSession {
  /** Handles a request, immediately or after a GOAWAY that is about to be sent. */
  receive(handle: () => void): void
  /**
   * Closes the connection after its requests. GOAWAY tells the client which request is the last; the client can retry
   * later ones on another connection (RFC 9113 §6.8).
   */
  goAway(): void
  /** Counts a rejected header. Ends the connection if it has brought too many bytes of them. */
  countRejected(bytes: number): void
}

export type SessionLimits = Pick<Limits<ConnectionLimits>, 'headersTimeout' | 'keepAliveTimeout'> &
  Pick<Limits<RequestLimits>, 'sendTimeout'>

/**
 * Keeps a connection open until it has been idle for too long.
 *
 * RFC 9113 recommends sending GOAWAY twice, so that no request crosses it, but Node accepts no requests after the first
 * one. Instead, the session holds new requests until no more are arriving, because a client that waits for responses
 * sends no more requests. Then it sends GOAWAY and handles the held requests.
 */
export function keepSession(
  session: ServerHttp2Session,
  socket: Socket,
  { headersTimeout, keepAliveTimeout, sendTimeout }: SessionLimits,
): KeptSession {
  const open = new Set<ServerHttp2Stream>()
  /** Number of streams so far. */
  let seen = 0
  /** Requests that are held until GOAWAY is sent. */
  let held: (() => void)[] | undefined
  let timer = setTimeout(goAway, headersTimeout)
  let rejectedBytes = 0
  const probe = new SessionProbe(session, socket, sendTimeout)

  /** A session is destroyed some time before its socket closes. From then on, its methods throw. */
  function isOver(): boolean {
    return session.closed || session.destroyed
  }

  function goAway(): void {
    if (held !== undefined || isOver()) return
    held = []
    probe.limit(sendTimeout === 0 ? SILENCE_MS : Math.min(SILENCE_MS, sendTimeout))
    wait(GOODBYE_MS, part)
    listen(0)
  }

  /** Counts the round trips without a request. */
  function listen(quiet: number): void {
    if (isOver()) return
    if (quiet === QUIET_TRIPS) {
      part()
      return
    }
    const before = seen
    const asked = session.ping((error) => {
      const isQuiet = seen === before && open.size === held?.length
      if (error === null) setTimeout(listen, PAUSE_MS, isQuiet ? quiet + 1 : 0)
    })
    // The session is closing.
    if (!asked) part()
  }

  function part(): void {
    clearTimeout(timer)
    session.close()
    const postponed = held ?? []
    held = undefined
    for (const handle of postponed) handle()
    if (open.size === 0) linger()
  }

  function linger(): void {
    // Do not wait for a client that keeps its side open.
    wait(LINGER_MS, () => socket.destroy())
  }

  function wait(delay: number, then: () => void): void {
    clearTimeout(timer)
    timer = setTimeout(then, delay)
  }

  session.on('stream', (stream) => {
    open.add(stream)
    seen++
    if (held === undefined) clearTimeout(timer)
    stream.on('close', () => {
      open.delete(stream)
      if (open.size > 0 || held !== undefined) return
      if (isOver()) linger()
      else wait(keepAliveTimeout, goAway)
    })
  })
  socket.on('close', () => {
    clearTimeout(timer)
    probe.stop()
  })
  return {
    receive(handle) {
      if (held === undefined) handle()
      else held.push(handle)
    },
    goAway,
    countRejected(bytes) {
      rejectedBytes += bytes
      // A few bytes of HPACK can stand for a header of megabytes.
      if (rejectedBytes <= MAX_REJECTED_BYTES || session.destroyed) return
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
      session.destroy()
    },
  }
}

/** Maximum delay of GOAWAY in milliseconds. */
const GOODBYE_MS = 250
/** Round trips without a request before GOAWAY is sent, and milliseconds between them. */
const QUIET_TRIPS = 3
const PAUSE_MS = 10
/** Milliseconds for a client to close its side. */
const LINGER_MS = 2_000
/** Milliseconds without a byte, while the connection is being closed. */
const SILENCE_MS = 6_000
/** Maximum total size of the rejected headers of a connection in bytes. */
const MAX_REJECTED_BYTES = 1024 * 1024
