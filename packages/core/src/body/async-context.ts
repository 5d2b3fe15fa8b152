/** Runs code in an asynchronous context. */
type Run = <T>(code: () => T) => T

/** Returns a function that runs code in the current context; undefined if nothing keeps contexts. */
export let captureContext: (() => Run) | undefined

/**
 * Makes the code of streamed bodies run in the asynchronous context in which the body was made. Without this, it runs in the
 * context of the gateway, which reads the body.
 *
 * Several callers can keep contexts of their own. Call it once, when the program starts.
 *
 * @param capture Returns a function that runs code in the current context, such as `AsyncLocalStorage.snapshot`.
 *
 * @example
 * ```ts
 * import { AsyncLocalStorage } from 'node:async_hooks'
 * import { stream } from '@tsgi/core'
 * import { keepContext } from '@tsgi/core/gateway'
 *
 * keepContext(() => AsyncLocalStorage.snapshot())
 * const user = new AsyncLocalStorage<string>()
 * async function* greeting() {
 *   yield `Hello ${user.getStore()}`
 * }
 * await user.run('Ada', () => stream(greeting())).text() // => 'Hello Ada'
 * ```
 */
export function keepContext(capture: () => Run): void {
  const outer = captureContext
  captureContext =
    outer === undefined
      ? capture
      : () => {
          const [runOuter, runInner] = [outer(), capture()]
          return (code) => runOuter(() => runInner(code))
        }
}
