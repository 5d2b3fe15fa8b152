import { Handshake } from '../../gateway/upgrade/handshake.ts'
import { OpenSockets } from '../../gateway/upgrade/open-sockets.ts'
import { type FetchHandshake, setFetchUpgrades } from './fetch-upgrades.ts'
import { isHandshakeRequest, type RuntimeUpgrade, runtimeUpgrade } from './runtime-upgrade.ts'

/**
 * Lets the fetch handlers of `toFetch` upgrade connections: `environ.upgrade` is set for the handshake of a WebSocket, on
 * Bun, Deno and Workers. `websocket` of `@tsgi/websocket` calls it, so call it only if you use `environ.upgrade` yourself.
 * Without it, `environ.upgrade` is undefined; the first handshake whose `upgrade` is read is reported. Programs that need no
 * WebSockets do not contain the code.
 *
 * @example
 * ```ts
 * import { text, toFetch } from '@tsgi/core'
 * import { enableWebSockets } from '@tsgi/core/gateway'
 *
 * enableWebSockets()
 * const fetch = toFetch(({ upgrade }) => text(upgrade === undefined ? 'no handshake' : 'a handshake'))
 * await (await fetch(new Request('http://localhost/'))).text() // => 'no handshake'
 * ```
 */
export function enableWebSockets(): void {
  setFetchUpgrades((stopping) => {
    const sockets = new OpenSockets({ stopping })
    return (surroundings) => {
      const upgrade = runtimeUpgrade(surroundings)
      return upgrade && ((request) => readHandshake(request, upgrade, sockets))
    }
  })
}

/** Reads the handshake of a WebSocket. Returns undefined for any other request. */
export function readHandshake(
  request: Request,
  upgrade: RuntimeUpgrade,
  sockets: OpenSockets,
): FetchHandshake | undefined {
  if (!isHandshakeRequest(request)) return undefined
  const handshake = new Handshake(request.headers.get('sec-websocket-protocol'), sockets)
  return {
    upgrade: handshake,
    finish(response) {
      if (handshake.isAcceptedBy(response.status)) return upgrade(request, response, handshake)
      handshake.reject()
      return undefined
    },
  }
}
