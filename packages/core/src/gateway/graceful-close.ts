import type { ErrorLog } from '../contract/error-log.ts'
import type { ExchangeSettings } from './exchange-settings.ts'

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
export async function closeInTime(
  { tasks, errors, stopping }: Pick<ExchangeSettings, 'tasks' | 'errors' | 'stopping'>,
  { gracefulTimeout, ended, destroy }: Closing,
): Promise<void> {
  stopping.abort(new DOMException('The gateway is stopping', 'AbortError'))
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

/** Waits for a promise passed to `waitUntil`, and reports its rejection. */
export function reported(promise: Promise<unknown>, errors: ErrorLog): Promise<unknown> {
  return Promise.resolve(promise).catch((error: unknown) => errors.write(error))
}

/** Keeps a task, which never rejects, until it has settled. */
export function addTask(tasks: Set<Promise<unknown>>, task: Promise<unknown>): void {
  const kept: Promise<unknown> = task.finally(() => tasks.delete(kept))
  tasks.add(kept)
}

/** Settles when no task is left. A task may add another. */
async function allSettled(tasks: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (tasks.size > 0) await Promise.all(tasks)
}
