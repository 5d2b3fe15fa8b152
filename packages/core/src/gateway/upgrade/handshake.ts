import { captureContext } from '../../body/async-context.ts'
import type { Environ } from '../../contract/environ.ts'
import type { OpenSocket, Upgrade, UpgradedConnection, UpgradeOptions } from '../../contract/upgrade.ts'
import { listElements } from '../../http/field-list.ts'
import { isHopByHop } from '../../http/hop-by-hop.ts'
import { empty } from '../../response/helpers.ts'
import type { OpenSockets } from './open-sockets.ts'

/** The fields of a request that make it a handshake. Several fields of one name are joined by commas. */
export interface HandshakeFields {
  readonly connection: string | null | undefined
  readonly upgrade: string | null | undefined
  readonly version: string | null | undefined
  readonly key: string | null | undefined
}

/**
 * Returns whether a `GET` request over HTTP/1.1 with these fields is the opening handshake of a WebSocket.
 *
 * Source: RFC 6455 §4.2.1.
 *
 * @example
 * ```ts
 * import { isHandshake } from '@tsgi/core/gateway'
 *
 * const key = 'dGhlIHNhbXBsZSBub25jZQ=='
 * isHandshake({ connection: 'keep-alive, Upgrade', upgrade: 'WebSocket', version: '13', key }) // => true
 * isHandshake({ connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', version: null, key: null }) // => false
 * ```
 */
export function isHandshake({ connection, upgrade, version, key }: HandshakeFields): boolean {
  return (
    upgrade?.toLowerCase() === 'websocket' &&
    version === '13' &&
    key != null &&
    KEY.test(key) &&
    connection != null &&
    HAS_UPGRADE.test(connection)
  )
}

/** 16 bytes in base64 */
const KEY = /^[\w+/]{21}[AQgw]==$/
const HAS_UPGRADE = /(?:^|,)[\t ]*upgrade[\t ]*(?:,|$)/i

/**
 * Returns whether a field of the application's response is sent with the 101.
 *
 * @param name The field's name, in lower case.
 *
 * @example
 * ```ts
 * import { isUpgradeField } from '@tsgi/core/gateway'
 *
 * isUpgradeField('set-cookie') // => true
 * isUpgradeField('content-length') // => false
 * ```
 */
export function isUpgradeField(name: string): boolean {
  return !isHopByHop(name) && !name.startsWith('content-') && !name.startsWith('sec-websocket-')
}

/**
 * The implementation of `environ.upgrade` for gateways. After the application has responded, the gateway upgrades the
 * connection if {@link isAcceptedBy} is true, and calls `connect`; otherwise, it calls `reject`.
 *
 * @example
 * ```ts
 * import { Handshake, OpenSockets } from '@tsgi/core/gateway'
 *
 * const handshake = new Handshake('chat, superchat', new OpenSockets())
 * handshake.protocols // => ['chat', 'superchat']
 * const open = () => ({ closed: Promise.resolve(), stopping() {}, close() {} })
 * const response = handshake.accept(open, { protocol: 'chat' })
 * response.status // => 204
 * handshake.isAcceptedBy(response.status) // => true
 * handshake.isAcceptedBy(403) // => false
 * handshake.reject()
 * ```
 */
export class Handshake implements Upgrade {
  readonly protocols: readonly string[]
  /** The subprotocol that the application has chosen. */
  protocol: string | undefined
  readonly #sockets: OpenSockets
  /** Created only if something waits for it. */
  #closed: PromiseWithResolvers<void> | undefined
  #socket: OpenSocket | undefined
  #open: ((connection: UpgradedConnection) => OpenSocket) | undefined
  #wasCalled = false
  #state: 'new' | 'accepted' | 'ended' = 'new'

  /** @param protocols The value of `Sec-WebSocket-Protocol`. */
  constructor(protocols: string | null | undefined, sockets: OpenSockets) {
    this.protocols = listElements(protocols)
    this.#sockets = sockets
  }

  accept(open: (connection: UpgradedConnection) => OpenSocket, { protocol }: UpgradeOptions = {}): Response {
    if (this.#wasCalled) throw new TypeError('upgrade: accept was already called for this request')
    if (protocol !== undefined && !this.protocols.includes(protocol)) {
      throw new TypeError(`upgrade: the client does not offer the subprotocol '${protocol}'`)
    }
    this.#wasCalled = true
    // The client has left, or the request has timed out.
    if (this.#state === 'ended') return empty()
    this.#sockets.reserve()
    const run = captureContext?.()
    this.#open = run === undefined ? open : (connection) => run(() => open(connection))
    this.#state = 'accepted'
    this.protocol = protocol
    return empty()
  }

  /** Resolves when the connection has closed, or is not upgraded. Never rejects. */
  get closed(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers()
      if (this.#state === 'ended' && this.#open === undefined) this.#settle()
    }
    return this.#closed.promise
  }

  /** Returns whether to upgrade the connection, given the status of the response. */
  isAcceptedBy(status: number): boolean {
    return this.#state === 'accepted' && status === 204
  }

  /** Passes the connection to the application, and counts it as open. */
  connect(connection: UpgradedConnection): void {
    if (this.#state !== 'accepted') return
    this.#state = 'ended'
    try {
      this.#socket = this.#open!(connection)
    } catch (error) {
      this.#sockets.release()
      this.#settle()
      throw error
    }
    this.#sockets.add(this.#socket)
    this.#settle()
  }

  /** Ends a handshake that is rejected, or whose client has left. Does nothing after `connect`. */
  reject(): void {
    if (this.#state === 'accepted') this.#sockets.release()
    this.#state = 'ended'
    this.#settle()
  }

  #settle(): void {
    // An open WebSocket must not keep the request in memory.
    this.#open = undefined
    this.#closed?.resolve(this.#socket?.closed.then(() => {}))
  }
}

/**
 * Returns the status that the gateway sends for a response of the application, for middleware that logs or measures: 101
 * if the application has accepted a WebSocket.
 *
 * @example
 * ```ts
 * import { empty } from '@tsgi/core'
 * import { sentStatus } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * sentStatus(testEnviron('/'), empty()) // => 204
 * ```
 */
export function sentStatus({ upgrade }: Pick<Environ, 'upgrade'>, { status }: Response): number {
  return upgrade instanceof Handshake && upgrade.isAcceptedBy(status) ? 101 : status
}
