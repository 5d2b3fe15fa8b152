import type { Environ, Finished } from '../contract/environ.ts'
import { copying } from '../contract/with-path.ts'
import { describe } from '../options/describe.ts'
import { rule } from './rule.ts'

/** An own key that a spread, a rest pattern and `Object.assign` read. */
const spread = Symbol('tsgi.spread')

/**
 * Returns the environ with checks on the members that are created on first use. The checks are on a prototype between
 * the copy and the gateway's own, so that `withPath` keeps them.
 */
export function watchEnviron<E extends Environ>(environ: E): E {
  const outer = Object.getPrototypeOf(environ) as object
  const watched = Object.create(outer, {
    headers: watch('headers', lintHeaders),
    request: watch('request', lintRequest),
    signal: watch('signal', lintSignal),
    finished: watch('finished', lintFinished),
    waitUntil: watch('waitUntil', lintWaitUntil),
    errors: watch('errors', lintErrors),
    [copying]: { value: (from: Environ) => copyOf(from, watched) },
  })
  return copyOf(environ, watched)

  function watch<K extends keyof Environ>(
    key: K,
    check: (value: Environ[K]) => Environ[K],
  ): PropertyDescriptor {
    let checked: Environ[K] | undefined
    return {
      get(this: Environ) {
        const value = Reflect.get(outer, key, this) as Environ[K]
        // A middleware may have set another log with `setErrorLog`.
        if (key === 'errors') return check(value)
        // E14. A member that is created on first use MUST be created only once: every read MUST return the same object.
        if (checked === undefined) checked = check(value)
        else if (key !== 'waitUntil') {
          rule('E14', checked === value, () => `${key} was another object the second time it was read`)
        }
        return checked
      },
    }
  }
}

/** Copies the own keys to an object that rejects any other way of copying. */
function copyOf<E extends Environ>(environ: E, prototype: object): E {
  const copy = Object.create(prototype, {
    [spread]: { enumerable: true, configurable: true, get: throwOnSpread },
  })
  for (const key of Reflect.ownKeys(environ)) if (key !== spread) copy[key] = environ[key as keyof E]
  return copy
}

function throwOnSpread(): never {
  // A4. An application MUST NOT copy the environ with a spread, a rest pattern or `Object.assign`: such a copy lacks the
  // members of the prototype. `extend` adds keys to the environ, `withPath` copies it.
  rule(
    'A4',
    false,
    () =>
      'the environ was copied with a spread, a rest pattern or Object.assign, so the copy lacks headers, request and ' +
      'others; use extend(environ, { … }) to add keys',
  )
}

function lintHeaders(headers: Headers): Headers {
  // E15. `headers` MUST be a `Headers`. A `Content-Length` in it MUST be a number of bytes in decimal digits.
  rule('E15', headers instanceof Headers, () => `headers must be a Headers, got ${describe(headers)}`)
  const length = headers.get('content-length')
  rule(
    'E15',
    length === null || /^\d+$/.test(length),
    () => `Content-Length must be decimal digits, got ${describe(length)}`,
  )
  return headers
}

function lintRequest(request: Request): Request {
  // E16. `request` MUST be a `Request`.
  rule('E16', request instanceof Request, () => `request must be a Request, got ${describe(request)}`)
  return request
}

function lintSignal(signal: AbortSignal): AbortSignal {
  // E17. `signal` MUST be an `AbortSignal`.
  rule('E17', signal instanceof AbortSignal, () => `signal must be an AbortSignal, got ${describe(signal)}`)
  return signal
}

function lintFinished(finished: Promise<Finished>): Promise<Finished> {
  // E18. `finished` MUST be a promise that resolves and never rejects. Its value MUST have `bytes` and `duration`, not
  // negative, and `aborted`.
  rule('E18', finished instanceof Promise, () => `finished must be a promise, got ${describe(finished)}`)
  finished.then(
    ({ bytes, duration, aborted }) =>
      rule(
        'E18',
        Number.isInteger(bytes) && bytes >= 0 && duration >= 0 && typeof aborted === 'boolean',
        () =>
          `finished resolved to bytes ${describe(bytes)}, duration ${describe(duration)}, aborted ${describe(aborted)}`,
      ),
    (error) => rule('E18', false, () => `finished rejected with ${describe(error)}`),
  )
  return finished
}

function lintWaitUntil(waitUntil: Environ['waitUntil']): Environ['waitUntil'] {
  return function waitUntilLinted(promise) {
    // ## The application
    //
    // Duties of an application when it uses the environ or throws.

    // A1. An application MUST pass a promise to `waitUntil`.
    rule('A1', promise instanceof Promise, () => `waitUntil was given ${describe(promise)}, not a promise`)
    waitUntil(promise)
  }
}

function lintErrors(errors: Environ['errors']): Environ['errors'] {
  return {
    write(problem, request) {
      // A2. An application MUST report to `errors` an `Error` or a line of text.
      rule(
        'A2',
        problem instanceof Error || typeof problem === 'string',
        () => `errors.write was given ${describe(problem)}, neither an Error nor text`,
      )
      errors.write(problem, request)
    },
  }
}
