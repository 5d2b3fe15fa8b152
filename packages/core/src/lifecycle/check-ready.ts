import type { NotReady } from '../contract/lifecycle.ts'
import { inTime } from './in-time.ts'
import type { StartedResource } from './stop-resource.ts'

/** Milliseconds for a resource to say whether it is ready. */
const READY_MS = 2_000

/** Milliseconds that a result is kept. */
const KEEP_MS = 1_000

/** Checks whether resources are ready, at most once per second, however often it is asked. */
export class ReadyCheck {
  readonly #started: readonly StartedResource[]
  #result: Promise<readonly NotReady[]> | undefined
  #expires = Number.POSITIVE_INFINITY

  constructor(started: readonly StartedResource[]) {
    this.#started = started
  }

  run(): Promise<readonly NotReady[]> {
    if (this.#result === undefined || performance.now() >= this.#expires) {
      this.#expires = Number.POSITIVE_INFINITY
      this.#result = this.#check()
    }
    return this.#result
  }

  async #check(): Promise<readonly NotReady[]> {
    const checked = await Promise.all(this.#started.map(checkOne))
    this.#expires = performance.now() + KEEP_MS
    return checked.filter((one) => one !== undefined)
  }
}

async function checkOne({ name, resource, value }: StartedResource): Promise<NotReady | undefined> {
  const { ready } = resource
  if (ready === undefined) return undefined
  try {
    const late = () => new Error(`'${name}' did not say within ${READY_MS / 1000} s whether it is ready`)
    const isReady: unknown = await inTime(READY_MS, (signal) => ready(value, { signal }), late)
    return isReady === false ? { name, error: new Error(`'${name}' says that it is not ready`) } : undefined
  } catch (error) {
    return { name, error }
  }
}
