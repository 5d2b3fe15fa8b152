import type { ErrorLog } from '../../contract/error-log.ts'
import type { Upgrade } from '../../contract/upgrade.ts'

/** The handshake of a WebSocket that a fetch handler has received. */
export interface FetchHandshake {
  readonly upgrade: Upgrade
  /**
   * Upgrades the connection if the application has accepted, and returns the response to pass to the runtime. Otherwise,
   * rejects the handshake and returns undefined.
   *
   * @param response The response of the application.
   */
  finish(response: Response): Response | undefined
}

/** Reads the handshake of a WebSocket. Returns undefined for any other request. */
export type ReadHandshake = (request: Request) => FetchHandshake | undefined

/**
 * Returns how to read the handshake of a request; undefined if the runtime cannot upgrade its connection.
 *
 * @param surroundings The arguments that the runtime passes with the request.
 */
export type FetchUpgrades = (surroundings: readonly unknown[]) => ReadHandshake | undefined

/** The names of globals that only runtimes have whose fetch handlers can upgrade connections. */
const runtimes = ['Bun', 'Deno', 'WebSocketPair']

let create: ((stopping: AbortSignal) => FetchUpgrades) | undefined

/** Makes fetch handlers upgrade connections. They do not import the code themselves, because most need no WebSockets. */
export function setFetchUpgrades(createUpgrades: typeof create): void {
  create = createUpgrades
}

/** How a fetch handler upgrades connections. */
export interface Upgrades {
  /** Returns how to read the handshake of a request; undefined if its connection cannot be upgraded. */
  find: FetchUpgrades
  /** Returns the handshake that a request is. Reports the first one that is lost because WebSockets are not enabled. */
  read(request: Request, surroundings: readonly unknown[]): FetchHandshake | undefined
}

/** Looks upgrades up when they are needed, because the application may enable them as late as that. */
export function lateUpgrades(stopping: AbortSignal, errors: ErrorLog): Upgrades {
  let upgrades: FetchUpgrades | undefined
  let isReported = false
  const find: FetchUpgrades = (surroundings) => {
    upgrades ??= create?.(stopping)
    return upgrades?.(surroundings)
  }
  return {
    find,
    read(request, surroundings) {
      const read = find(surroundings)
      if (upgrades === undefined && !isReported && isLost(request)) {
        isReported = true
        errors.write(new Error(LOST))
      }
      return read?.(request)
    },
  }
}

const LOST =
  'toFetch: environ.upgrade is undefined for a WebSocket: call enableWebSockets() of @tsgi/core/gateway at start'

/** Whether a request is the handshake of a WebSocket that could be accepted on this runtime. */
function isLost({ headers }: Request): boolean {
  return headers.get('upgrade')?.toLowerCase() === 'websocket' && runtimes.some((name) => name in globalThis)
}
