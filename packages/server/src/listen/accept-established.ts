import type { Server } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/**
 * Accepts the connections that the system has established before, and reads what has arrived on them. Call it before
 * `server.close()`, which resets them. libuv accepts one connection per turn of the event loop.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:net'
 * import { acceptEstablished } from '@tsgi/server/listen'
 *
 * const server = createServer().listen(0, '127.0.0.1')
 * await acceptEstablished(server)
 * server.close().listening // => false
 * ```
 */
export async function acceptEstablished(server: Server): Promise<void> {
  let hasAccepted = false
  const onConnection = () => {
    hasAccepted = true
  }
  server.on('connection', onConnection)
  // Immediates run at the end of a turn, so this one may not wait for a whole turn.
  await setImmediate()
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    hasAccepted = false
    await setImmediate()
    if (!hasAccepted) break
  }
  server.off('connection', onConnection)
}

/** The default backlog is 511, and new connections may arrive all the time. */
const MAX_TURNS = 1_024
