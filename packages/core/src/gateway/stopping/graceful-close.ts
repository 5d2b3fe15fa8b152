import type { ErrorLog } from '../../contract/error-log.ts'
import type { GatewayLifecycle } from '../../contract/lifecycle.ts'

/** The state of a gateway that {@link closeInTime} ends. */
export interface Stoppable {
  readonly errors: ErrorLog
  /** The promises passed to `waitUntil` that have not settled. A gateway waits for them before it stops. */
  readonly tasks: Set<Promise<unknown>>
  /** Aborted when the gateway starts to stop; its signal is `environ.gateway.stopping`. */
  readonly stopping: AbortController
  /** The resources that the gateway has started. */
  readonly lifecycle: GatewayLifecycle | undefined
  /** Other resources, which requests have started. */
  readonly lazyLifecycles: Set<GatewayLifecycle>
}

/** How {@link closeInTime} closes the connections of a gateway. */
export interface Closing {
  /** Milliseconds to wait. */
  readonly gracefulTimeout: number
  /** Settles when the last connection has closed. */
  readonly ended: Promise<unknown>
  /** Closes every connection immediately. */
  destroy(): void
}

/**
 * Aborts `environ.gateway.stopping`, then waits up to `gracefulTimeout` for the connections to close and for the promises
 * passed to `waitUntil` to settle. After that, closes the remaining connections and reports promises that have not settled.
 * At the end, stops the resources.
 *
 * @example
 * ```ts
 * import { closeInTime, exchangeSettings } from '@tsgi/core/gateway'
 *
 * const ended = Promise.withResolvers<void>()
 * const settings = exchangeSettings('serve', () => new Response())
 * await closeInTime(settings, { gracefulTimeout: 5, ended: ended.promise, destroy: ended.resolve })
 * ```
 */
export async function closeInTime(state: Stoppable, closing: Closing): Promise<void> {
  const { stopping, lifecycle, lazyLifecycles, errors } = state
  stopping.abort(stoppingError())
  await finish(state, closing)
  for (const lazy of [...lazyLifecycles].reverse()) await lazy.stop({ errors })
  await lifecycle?.stop({ errors })
}

async function finish(
  { tasks, errors }: Stoppable,
  { gracefulTimeout, ended, destroy }: Closing,
): Promise<void> {
  const settled = ended.then(() => allSettled(tasks))
  const { promise: late, resolve: giveUp } = Promise.withResolvers<true>()
  const timer = setTimeout(giveUp, gracefulTimeout, true)
  const isLate = await Promise.race([late, settled])
  clearTimeout(timer)
  if (isLate !== true) return
  destroy()
  await ended
  if (tasks.size > 0) {
    errors.write(
      new Error(`The gateway stopped while ${tasks.size} promise(s) given to waitUntil had not settled`),
    )
  }
}

/** A server and its connections, as {@link closeSockets} needs them. `net.Server` and `net.Socket` have these members. */
export interface SocketServer {
  readonly server: { close(done: () => void): unknown }
  readonly sockets: ReadonlySet<{ on(event: 'close', listener: () => void): unknown; destroy(): unknown }>
}

/**
 * Stops accepting connections, and waits as {@link closeInTime} does for those that are open.
 *
 * @param gracefulTimeout Milliseconds to wait.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:net'
 * import { closeSockets, exchangeSettings } from '@tsgi/core/gateway'
 *
 * const settings = exchangeSettings('serve', () => new Response())
 * await closeSockets(settings, { server: createServer(), sockets: new Set() }, 5)
 * ```
 */
export function closeSockets(
  state: Stoppable,
  { server, sockets }: SocketServer,
  gracefulTimeout: number,
): Promise<void> {
  // Node calls it with an error if the server never listened, for example when connections are passed to it.
  const closed = new Promise<void>((resolve) => server.close(resolve))
  const gone = [...sockets].map((socket) => new Promise<void>((resolve) => socket.on('close', resolve)))
  return closeInTime(state, {
    gracefulTimeout,
    ended: Promise.all([closed, ...gone]),
    destroy() {
      for (const socket of sockets) socket.destroy()
    },
  })
}

/**
 * Returns the reason with which signals abort because the gateway is stopping.
 *
 * @example
 * ```ts
 * import { stoppingError } from '@tsgi/core/gateway'
 *
 * stoppingError().name // => 'AbortError'
 * ```
 */
export function stoppingError(): DOMException {
  return new DOMException('The gateway is stopping', 'AbortError')
}

/** Waits for a promise passed to `waitUntil`, and reports its rejection. */
export function reported(promise: Promise<unknown>, errors: ErrorLog): Promise<unknown> {
  return Promise.resolve(promise).catch((error: unknown) => errors.write(error))
}

/** Keeps a task, which never rejects, until it has settled. */
export function addTask(tasks: Set<Promise<unknown>>, task: Promise<unknown>): void {
  const kept: Promise<unknown> = task.then(() => tasks.delete(kept))
  tasks.add(kept)
}

/** Settles when no task is left. A task may add another. */
async function allSettled(tasks: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (tasks.size > 0) await Promise.all(tasks)
}
