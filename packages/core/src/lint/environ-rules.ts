import type { Environ, Finished } from '../contract/environ.ts'
import { isAuthority } from '../http/authority.ts'
import { describe } from '../options/describe.ts'
import { rule } from './rule.ts'

const KEYS = [
  'method',
  'scheme',
  'host',
  'scriptName',
  'pathInfo',
  'queryString',
  'headers',
  'protocol',
  'remoteAddress',
  'request',
  'signal',
  'waitUntil',
  'finished',
  'errors',
  'gateway',
  'route',
  'upgrade',
] as const satisfies (keyof Environ)[]

/** tchar of RFC 9110 §5.6.2 */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/
/** What may stand in a path or query on the wire: visible ASCII without `#` */
const PATH = /^[\x21\x24-\x3e\x40-\x7e"]*$/
const QUERY = /^[\x21\x22\x24-\x7e]*$/

/** Checks what a gateway, or a middleware outside, passes in. Touches nothing that is made on first use. */
export function lintEnviron(environ: Environ, argumentCount: number): void {
  // ## The environ
  //
  // Duties of a gateway, and of every middleware towards the application it wraps.

  // E1. An application MUST be called with exactly one argument, the environ, which MUST be an object.
  rule('E1', argumentCount === 1, () => `the application was called with ${argumentCount} arguments`)
  rule(
    'E1',
    typeof environ === 'object' && environ !== null,
    () => `the environ is ${describe(environ)}, not an object`,
  )

  // E2. The environ MUST have every key of the contract: `method`, `scheme`, `host`, `scriptName`, `pathInfo`,
  // `queryString`, `headers`, `protocol`, `remoteAddress`, `request`, `signal`, `waitUntil`, `finished`, `errors`,
  // `gateway`, `route` and `upgrade`. What is made on first use lives on its prototype, so that a copy of its own keys makes nothing.
  for (const key of KEYS) rule('E2', key in environ, () => `the environ has no '${key}'`)

  // E3. `method` MUST be a token (RFC 9110 §9.1), with its case as received.
  rule('E3', isText(environ.method, TOKEN), () => `method must be a token, got ${describe(environ.method)}`)

  // E4. `scheme` MUST be `http` or `https`.
  const { scheme } = environ
  rule(
    'E4',
    scheme === 'http' || scheme === 'https',
    () => `scheme must be http or https, got ${describe(scheme)}`,
  )

  // E5. `host` MUST be an authority, `host` or `host:port` (RFC 9110 §7.2), and MUST NOT be empty.
  rule('E5', isAuthority(environ.host), () => `host must be an authority, got ${describe(environ.host)}`)

  // E6. `scriptName` MUST be `''`, or begin with `/` and not end with one.
  const { scriptName, pathInfo } = environ
  rule(
    'E6',
    isText(scriptName, PATH) &&
      (scriptName === '' || (scriptName.startsWith('/') && !scriptName.endsWith('/'))),
    () => `scriptName must be '' or begin with '/' and not end with one, got ${describe(scriptName)}`,
  )

  // E7. `pathInfo` MUST be `''` or begin with `/`, in visible ASCII without `?` and `#`: percent-encoding is kept.
  rule(
    'E7',
    isText(pathInfo, PATH) && (pathInfo === '' || pathInfo.startsWith('/')),
    () => `pathInfo must be '' or begin with '/', percent-encoded, got ${describe(pathInfo)}`,
  )

  // E8. `scriptName` and `pathInfo` MUST NOT both be `''`, except for the target of `OPTIONS *` (RFC 9112 §3.2.4).
  rule(
    'E8',
    scriptName !== '' || pathInfo !== '' || environ.method === 'OPTIONS',
    () => `scriptName and pathInfo are both ''`,
  )

  // E9. `queryString` MUST be the query without its `?`, in visible ASCII without `#`; `''` where there is none.
  rule(
    'E9',
    isText(environ.queryString, QUERY),
    () => `queryString must be percent-encoded text without '#', got ${describe(environ.queryString)}`,
  )

  // E10. `protocol` MUST be `HTTP/` and a version (RFC 9110 §2.5).
  rule(
    'E10',
    isText(environ.protocol, /^HTTP\/\d(?:\.\d)?$/),
    () => `protocol must be like HTTP/1.1, got ${describe(environ.protocol)}`,
  )

  // E11. `remoteAddress` MUST be a string: an address without port, or `''` where the transport has none.
  const { remoteAddress } = environ
  rule(
    'E11',
    isText(remoteAddress, /^[\w.:%-]*$/),
    () => `remoteAddress must be an address or '', got ${describe(remoteAddress)}`,
  )

  // E12. `waitUntil` MUST be a function and `errors.write` a method.
  rule(
    'E12',
    typeof environ.waitUntil === 'function',
    () => `waitUntil must be a function, got ${describe(environ.waitUntil)}`,
  )
  rule('E12', typeof environ.errors?.write === 'function', () => `errors must have a method 'write'`)

  // E13. `gateway` MUST have a `name`, a `version` and a `specVersion`, not empty. `gateway.multiprocess` MUST be a
  // boolean, and `gateway.stopping` an `AbortSignal` that aborts when the gateway starts to stop.
  const { gateway } = environ
  rule(
    'E13',
    isText(gateway?.name, /./) &&
      isText(gateway.version, /./) &&
      isText(gateway.specVersion, /^\d+\.\d+$/) &&
      typeof gateway.multiprocess === 'boolean' &&
      gateway.stopping instanceof AbortSignal,
    () => `gateway must have name, version, specVersion, multiprocess and stopping`,
  )
}

/**
 * The environ again, with checks on what is made on first use. They live on a prototype between the copy and the
 * gateway's own, so that `withPath` hands them on.
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
  })
  return Object.assign(Object.create(watched), environ)

  function watch<K extends keyof Environ>(
    key: K,
    check: (value: Environ[K]) => Environ[K],
  ): PropertyDescriptor {
    let checked: Environ[K] | undefined
    return {
      get(this: Environ) {
        const value = Reflect.get(outer, key, this) as Environ[K]
        // E14. What is made on first use MUST be made once: every read gives the same object.
        if (checked === undefined) checked = check(value)
        else if (key !== 'waitUntil' && key !== 'errors') {
          rule('E14', checked === value, () => `${key} was another object the second time it was read`)
        }
        return checked
      },
    }
  }
}

function lintHeaders(headers: Headers): Headers {
  // E15. `headers` MUST be a `Headers`; a `Content-Length` in it MUST be a number of bytes in decimal digits.
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
  // E18. `finished` MUST be a promise that resolves, never rejects, to `bytes` and `duration`, which are not
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
    // What an application does with the environ, and what it throws.

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

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value)
}
