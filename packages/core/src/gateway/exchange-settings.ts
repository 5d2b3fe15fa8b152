import type { ErrorLog } from '../contract/environ.ts'
import { consoleErrors } from '../gateway.ts'
import type { ExchangeSettings } from './base-exchange.ts'

/**
 * Checks what every gateway is given, and makes what its requests have in common of it. The log may fail: that is no
 * reason for a request to fail.
 *
 * @param factory Who the messages speak for.
 * @throws TypeError where the application is no function, or `errors` no log.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { exchangeSettings } from '@tsgi/core/gateway'
 *
 * const { tasks } = exchangeSettings('serve', () => text('Hello'), {})
 * tasks.size // => 0
 * ```
 */
export function exchangeSettings(
  factory: string,
  app: unknown,
  { errors = consoleErrors }: { readonly errors?: ErrorLog },
): ExchangeSettings {
  if (typeof app !== 'function') {
    throw new TypeError(
      `${factory}: the application must be a function, got ${app === null ? 'null' : typeof app}`,
    )
  }
  if (typeof errors?.write !== 'function') {
    throw new TypeError(`${factory}: errors must have a method write(problem), got ${String(errors)}`)
  }
  return { errors: guarded(errors), tasks: new Set(), stopping: new AbortController() }
}

function guarded(errors: ErrorLog): ErrorLog {
  return {
    write(problem) {
      try {
        errors.write(problem)
      } catch (failure) {
        console.error(failure, problem)
      }
    },
  }
}
