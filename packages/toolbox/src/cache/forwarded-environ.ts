import type { Environ } from '@tsgi/core'
import { createEnviron, requestIdOf, setRequestId } from '@tsgi/core/gateway'

/**
 * Copies the environ for a request whose response is for others, too: with its own signal, and without the conditions of
 * the client.
 *
 * @param conditions The header fields of the cache's own conditions.
 */
export function forwardedEnviron<E extends Environ>(
  environ: E,
  controller: AbortController,
  conditions: Readonly<Record<string, string>> | undefined,
): E {
  let headers: Headers | undefined
  let request: Request | undefined
  const readHeaders = () => {
    headers ??= conditions === undefined ? environ.headers : withConditions(environ.headers, conditions)
    return headers
  }
  const readRequest = () => {
    request ??= new Request(environ.request, { headers: readHeaders(), signal: controller.signal })
    return request
  }
  // Everything else is read from the outer environ.
  const exchange: Environ = Object.create(environ, {
    headers: { get: readHeaders },
    request: { get: readRequest },
    signal: { get: () => controller.signal },
    abort: { value: (reason: unknown) => controller.abort(reason) },
    identify: {
      value: (id?: string) => (id === undefined ? requestIdOf(environ) : setRequestId(environ, id)),
    },
  })
  return withKeysOf(environ, createEnviron(exchange, environ))
}

/** Adds the keys that middleware has added to the outer environ. */
function withKeysOf<E extends Environ>(from: E, to: Environ): E {
  for (const key of Reflect.ownKeys(from)) {
    const property = Object.getOwnPropertyDescriptor(from, key)!
    // The linter adds an accessor under a symbol, which throws.
    const isAdded = typeof key === 'string' || 'value' in property
    if (isAdded && !Object.hasOwn(to, key)) Object.defineProperty(to, key, property)
  }
  return to as E
}

function withConditions(from: Headers, conditions: Readonly<Record<string, string>>): Headers {
  const headers = new Headers(from)
  headers.delete('if-none-match')
  headers.delete('if-modified-since')
  for (const [name, value] of Object.entries(conditions)) headers.set(name, value)
  return headers
}
