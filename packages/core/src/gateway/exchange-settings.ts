import type { ErrorLog } from '../contract/error-log.ts'
import type { ExchangeSettings } from './base-exchange.ts'
import { consoleErrors, safeLog } from './error-log.ts'

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
  return { errors: safeLog(errors), tasks: new Set(), stopping: new AbortController() }
}
