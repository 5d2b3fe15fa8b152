import type { Awaitable } from './chain.ts'
import type { ErrorLog } from './error-log.ts'

/** The signals that a resource gets when it starts. */
export interface StartContext {
  /**
   * Aborts when the resource takes longer than `startTimeout` to start, or when the process is told to stop before all
   * resources have started. Pass it to slow operations.
   */
  readonly signal: AbortSignal
  /** Aborts when the gateway starts to stop. For loops in the background. */
  readonly stopping: AbortSignal
}

/** A resource, such as a database connection pool: how to open it, close it and check it. */
export interface Resource<Value, Before extends object = object> {
  /** Opens the resource. `before` has the values of the resources that started before it. */
  readonly start: (context: StartContext, before: Before) => Awaitable<Value>
  /** Closes it. By default, calls the value's `[Symbol.asyncDispose]` or `[Symbol.dispose]`, if it has one. */
  readonly stop?: (value: NoInfer<Value>) => unknown
  /**
   * Checks whether it can be used. It cannot if this throws, rejects, returns `false` or takes longer than 2 s; then
   * `signal` aborts. By default, a resource is always ready.
   */
  readonly ready?: (value: NoInfer<Value>, context: { readonly signal: AbortSignal }) => unknown
}

/** A resource that is not ready, and why. */
export interface NotReady {
  readonly name: string
  readonly error: unknown
}

/** What {@link GatewayLifecycle.start} gets from a gateway. */
export interface LifecycleStart {
  /** Gives up when it aborts: stops what has started, and rejects. */
  readonly signal?: AbortSignal | undefined
  /** `environ.gateway.stopping` of the gateway. */
  readonly stopping?: AbortSignal | undefined
  /** Receives the errors of resources that cannot be stopped after another one could not start. */
  readonly errors?: ErrorLog | undefined
}

/**
 * The part of a {@link Lifecycle} that gateways use. Several gateways may share one: the resources start with the first
 * and stop with the last.
 */
export interface GatewayLifecycle {
  /** The names of the resources in the order in which they start. */
  readonly names: readonly string[]
  /** The maximum time to stop one resource, in milliseconds. */
  readonly stopTimeout: number
  /**
   * Starts the resources one after another. If one fails, stops the others in reverse and rejects with an error that
   * names it.
   */
  start(options?: LifecycleStart): Promise<void>
  /** Stops the resources in reverse. Reports those that fail or take too long to `errors`. Never rejects. */
  stop(options?: { readonly errors?: ErrorLog | undefined }): Promise<void>
  /** Returns the name of the resource that is starting, or undefined if nothing is. */
  waitingFor(): string | undefined
  /** Checks all resources at the same time, and returns those that are not ready. Keeps the result for 1 s. */
  ready(): Promise<readonly NotReady[]>
}
