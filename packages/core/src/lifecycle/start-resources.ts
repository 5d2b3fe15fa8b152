import type { ErrorLog } from '../contract/error-log.ts'
import type { Resource, StartContext } from '../contract/lifecycle.ts'
import { messageOf } from '../options/message-of.ts'
import { inTime } from './in-time.ts'
import { type StartedResource, stopResource } from './stop-resource.ts'

export type Resources = ReadonlyMap<string, Resource<unknown>>

/** The values of resources by name. */
export type Values = Readonly<Record<string, unknown>>

/** The maximum times to start and to stop one resource, in milliseconds. */
export interface Timeouts {
  readonly startTimeout: number
  readonly stopTimeout: number
}

/** How {@link startResources} starts and, after a failure, stops resources. */
export interface Starting extends StartContext, Timeouts {
  readonly errors: ErrorLog
  /** Called before each resource starts. */
  readonly onNext: (name: string) => void
  /** Values that replace those of resources. */
  readonly replaced: Values
}

/**
 * Starts resources one after another. If one fails, takes too long or `signal` aborts, stops those that have started, in
 * reverse.
 *
 * @returns the resources in the order in which they started.
 * @throws Error (by rejection) naming the resource that failed.
 */
export async function startResources(
  resources: Resources,
  { signal, stopping, startTimeout, stopTimeout, errors, onNext, replaced }: Starting,
): Promise<StartedResource[]> {
  const started: StartedResource[] = []
  const values: Record<string, unknown> = { ...replaced }
  const late = () => new Error(`it took longer than ${startTimeout / 1000} s (startTimeout)`)
  for (const [name, resource] of resources) {
    if (Object.hasOwn(replaced, name)) continue
    onNext(name)
    try {
      signal.throwIfAborted()
      const start = async (timeout: AbortSignal) => {
        const either = AbortSignal.any([signal, timeout])
        const starting = Promise.resolve(resource.start({ signal: either, stopping }, { ...values }))
        return unlessAborted(starting, either, (value) => {
          void stopResource({ name, resource, value }, stopTimeout, errors)
        })
      }
      const value = await inTime(startTimeout, start, late)
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
