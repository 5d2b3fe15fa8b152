import type { GatewayLifecycle, LifecycleStart, NotReady } from '../contract/lifecycle.ts'
import { consoleErrors } from '../gateway/error-log.ts'
import { stoppingError } from '../gateway/stopping/graceful-close.ts'
import { ReadyCheck } from './check-ready.ts'
import {
  type Resources,
  startResources,
  stopInReverse,
  type Timeouts,
  type Values,
} from './start-resources.ts'
import type { StartedResource } from './stop-resource.ts'

/** Resources while they run. They start with the first gateway that uses them, and stop with the last. */
export class ResourceRun implements GatewayLifecycle {
  readonly resources: Resources
  readonly timeouts: Timeouts
  /** The values, while the resources are running. */
  values: Values | undefined
  readonly #replaced: Values
  #waitingFor: string | undefined
  /** Number of gateways that have started and not stopped them. */
  #users = 0
  #starting: Promise<readonly StartedResource[]> | undefined
  #stopped: Promise<void> = Promise.resolve()
  #stopping = new AbortController()
  #ready = new ReadyCheck([])

  constructor(resources: Resources, timeouts: Timeouts, replaced: Values = {}) {
    this.resources = resources
    this.timeouts = timeouts
    this.#replaced = replaced
  }

  get stopTimeout(): number {
    return this.timeouts.stopTimeout
  }

  get names(): readonly string[] {
    return [...this.resources.keys()]
  }

  /** Returns a copy with some values replaced. */
  replace(values: Values): ResourceRun {
    return new ResourceRun(this.resources, this.timeouts, { ...this.#replaced, ...values })
  }

  /** Returns a copy with these resources, which include its own. */
  extend(resources: Resources): ResourceRun {
    return new ResourceRun(resources, this.timeouts, this.#replaced)
  }

  /** Whether it has all resources of another. */
  includes({ resources }: ResourceRun): boolean {
    if (resources === this.resources) return true
    return [...resources].every(([name, resource]) => this.resources.get(name) === resource)
  }

  async start(options: LifecycleStart = {}): Promise<void> {
    this.#users++
    if (this.#starting === undefined) {
      const starting = this.#start(options)
      this.#starting = starting
      starting.catch(() => {
        if (this.#starting !== starting) return
        this.#starting = undefined
        this.#users = 0
      })
    }
    await this.#starting
  }

  /** Settles when the resources have started or one has failed. */
  get started(): Promise<unknown> {
    return this.#starting ?? Promise.reject(new Error('lifecycle: the resources have been stopped'))
  }

  async #start({
    signal = new AbortController().signal,
    stopping,
    errors = consoleErrors,
  }: LifecycleStart): Promise<readonly StartedResource[]> {
    await this.#stopped
    const own = new AbortController()
    const replaced = this.#replaced
    const context = {
      signal,
      onNext: (name: string) => {
        this.#waitingFor = name
      },
      stopping: stopping === undefined ? own.signal : AbortSignal.any([own.signal, stopping]),
    }
    try {
      const started = await startResources(this.resources, { ...context, ...this.timeouts, errors, replaced })
      this.#stopping = own
      this.#ready = new ReadyCheck(started)
      this.values = { ...replaced, ...Object.fromEntries(started.map(({ name, value }) => [name, value])) }
      return started
    } catch (error) {
      // For loops in the background of resources that had started.
      own.abort(error)
      throw error
    } finally {
      this.#waitingFor = undefined
    }
  }

  waitingFor(): string | undefined {
    return this.#waitingFor
  }

  stop({ errors = consoleErrors }: Pick<LifecycleStart, 'errors'> = {}): Promise<void> {
    if (this.#users > 0 && --this.#users === 0) {
      const starting = this.#starting
      this.#starting = undefined
      this.#stopped = this.#stop(starting, errors)
    }
    return this.#stopped
  }

  async #stop(
    starting: Promise<readonly StartedResource[]> | undefined,
    errors: NonNullable<LifecycleStart['errors']>,
  ): Promise<void> {
    const started = await starting?.catch(() => undefined)
    this.values = undefined
    this.#stopping.abort(stoppingError())
    if (started !== undefined) await stopInReverse(started, this.stopTimeout, errors)
  }

  async ready(): Promise<readonly NotReady[]> {
    if (this.values !== undefined) return this.#ready.run()
    return this.names.map((name) => ({ name, error: new Error(`'${name}' is not running`) }))
  }
}
