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

/** Returns the handshake that a request is; undefined if it is none. */
export type ReadHandshake = (request: Request) => FetchHandshake | undefined

/**
 * Returns how to read the handshake of a request; undefined if the runtime cannot upgrade its connection.
 *
 * @param surroundings The arguments that the runtime passes with the request.
 */
export type FetchUpgrades = (surroundings: readonly unknown[]) => ReadHandshake | undefined

let create: ((stopping: AbortSignal) => FetchUpgrades) | undefined

/** Makes fetch handlers upgrade connections. They do not import the code themselves, because most need no WebSockets. */
export function setFetchUpgrades(createUpgrades: typeof create): void {
  create = createUpgrades
}

/** Returns how a fetch handler upgrades connections; undefined while no program has asked for it. */
export function fetchUpgrades(stopping: AbortSignal): FetchUpgrades | undefined {
  return create?.(stopping)
}
