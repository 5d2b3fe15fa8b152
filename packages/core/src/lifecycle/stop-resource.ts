import type { ErrorLog } from '../contract/error-log.ts'
import type { Resource } from '../contract/lifecycle.ts'
import { messageOf } from '../options/message-of.ts'
import { inTime } from './in-time.ts'

/** A resource that has started. */
export interface StartedResource {
  readonly name: string
  readonly resource: Resource<unknown>
  readonly value: unknown
}

/** Stops a resource. Reports to `errors` if that fails or takes too long. */
export async function stopResource(
  { name, resource, value }: StartedResource,
  stopTimeout: number,
  errors: ErrorLog,
): Promise<void> {
  const late = () => new Error(`it took longer than ${stopTimeout / 1000} s`)
  try {
    await inTime(stopTimeout, () => stop(resource, value), late)
  } catch (cause) {
    errors.write(new Error(`lifecycle: '${name}' could not be stopped: ${messageOf(cause)}`, { cause }))
  }
}

function stop({ stop }: Resource<unknown>, value: unknown): unknown {
  if (stop !== undefined) return stop(value)
  // Some runtimes lack the symbols, and some programs their types.
  const { asyncDispose, dispose } = Symbol as { readonly asyncDispose?: symbol; readonly dispose?: symbol }
  const disposable: Record<symbol, (() => unknown) | undefined> = Object(value)
  if (asyncDispose && disposable[asyncDispose]) return disposable[asyncDispose]()
  return dispose && disposable[dispose]?.()
}
