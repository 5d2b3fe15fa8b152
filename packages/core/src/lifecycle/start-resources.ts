import type { ErrorLog } from '../contract/error-log.ts'
import type { Resource, StartContext } from '../contract/lifecycle.ts'
import { messageOf } from '../options/message-of.ts'
import { type StartedResource, stopResource } from './stop-resource.ts'

export type Resources = ReadonlyMap<string, Resource<unknown>>

/** The values of resources by name. */
export type Values = Readonly<Record<string, unknown>>

/** How {@link startResources} starts and, after a failure, stops resources. */
export interface Starting extends StartContext {
  readonly stopTimeout: number
  readonly errors: ErrorLog
  /** Values that replace those of resources. */
  readonly replaced: Values
}

/**
 * Starts resources one after another. If one fails or `signal` aborts, stops those that have started, in reverse.
 *
 * @returns the resources in the order in which they started.
 * @throws Error (by rejection) naming the resource that failed.
 */
export async function startResources(
  resources: Resources,
  { signal, stopping, stopTimeout, errors, replaced }: Starting,
): Promise<StartedResource[]> {
  const started: StartedResource[] = []
  const values: Record<string, unknown> = { ...replaced }
  for (const [name, resource] of resources) {
    if (Object.hasOwn(replaced, name)) continue
    try {
      signal.throwIfAborted()
      const starting = Promise.resolve(resource.start({ signal, stopping }, { ...values }))
      const value = await unlessAborted(starting, signal, (late) => {
        void stopResource({ name, resource, value: late }, stopTimeout, errors)
      })
      values[name] = value
      started.push({ name, resource, value })
    } catch (cause) {
      await stopInReverse(started, stopTimeout, errors)
      throw new Error(`lifecycle: '${name}' could not start: ${messageOf(cause)}`, { cause })
    }
  }
  return started
}

/** Stops resources one after another, the last one first. */
export async function stopInReverse(
  started: readonly StartedResource[],
  stopTimeout: number,
  errors: ErrorLog,
): Promise<void> {
  for (const each of started.toReversed()) await stopResource(each, stopTimeout, errors)
}

/** Rejects when the signal aborts. `onLate` is called with a value that arrives after that. */
async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  onLate: (value: T) => void,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } catch (error) {
    promise.then(onLate, () => {})
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
