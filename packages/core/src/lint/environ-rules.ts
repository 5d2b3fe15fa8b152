import type { Environ } from '../contract/environ.ts'
import { environKeys } from '../contract/environ-keys.ts'
import { isAuthority } from '../http/authority.ts'
import { normalizePath } from '../http/path.ts'
import { describe } from '../options/describe.ts'
import { rule } from './rule.ts'

/** tchar of RFC 9110 §5.6.2 */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/
/** The characters that a path or a query may have: visible ASCII without `#`, and in a path without `?` */
const PATH = /^[\x21\x24-\x3e\x40-\x7e"]*$/
const QUERY = /^[\x21\x22\x24-\x7e]*$/

/** Checks the environ that a gateway or an outer middleware passes in. Does not read members created on first use. */
export function lintEnviron(environ: Environ, argumentCount: number): void {
  // ## The environ
  //
  // Duties of a gateway, and of every middleware to the application inside it.

  // E1. An application MUST be called with exactly one argument, the environ, which MUST be an object.
  rule('E1', argumentCount === 1, () => `the application was called with ${argumentCount} arguments`)
  rule(
    'E1',
    typeof environ === 'object' && environ !== null,
    () => `the environ is ${describe(environ)}, not an object`,
  )

  // E2. The environ MUST have every member of the contract: `method`, `scheme`, `host`, `scriptName`, `pathInfo`,
  // `queryString`, `headers`, `protocol`, `remoteAddress`, `request`, `signal`, `waitUntil`, `finished`, `errors`,
  // `gateway`, `route` and `upgrade`. All but `method`, `scriptName`, `pathInfo` and `queryString` MUST be accessors on
  // its prototype, so that copying its own keys creates nothing.
  for (const key of environKeys) {
    rule(
      'E2',
      key in environ,
      () => `the environ has no '${key}'. Was it copied with a spread? Use extend or withPath`,
    )
  }

  // E3. `method` MUST be a token (RFC 9110 §9.1), in the case in which it was received.
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

  // E6. `scriptName` MUST be `''`, or start with `/` and not end with `/`.
  const { scriptName, pathInfo } = environ
  rule(
    'E6',
    isText(scriptName, PATH) &&
      (scriptName === '' || (scriptName.startsWith('/') && !scriptName.endsWith('/'))),
    () => `scriptName must be '', or start with '/' and not end with '/', got ${describe(scriptName)}`,
  )

  // E7. `pathInfo` MUST be `''` or start with `/`. It MUST consist of visible ASCII without `?` and `#`: it stays
  // percent-encoded. The path MUST be normalized (RFC 3986 §6.2.2): hexadecimal digits in upper case, unreserved
  // characters decoded, no dot segments. `%2F` stays encoded.
  rule(
    'E7',
    isText(pathInfo, PATH) && (pathInfo === '' || pathInfo.startsWith('/')),
    () => `pathInfo must be '' or start with '/', percent-encoded, got ${describe(pathInfo)}`,
  )
  rule(
    'E7',
    pathInfo === normalizePath(pathInfo),
    () =>
      `pathInfo must be normalized, as in ${describe(normalizePath(pathInfo))}, got ${describe(pathInfo)}`,
  )

  // E8. `scriptName` and `pathInfo` MUST NOT both be `''`, except for the target of `OPTIONS *` (RFC 9112 §3.2.4).
  rule(
    'E8',
    scriptName !== '' || pathInfo !== '' || environ.method === 'OPTIONS',
    () => `scriptName and pathInfo are both ''`,
  )

  // E9. `queryString` MUST be the query without its `?`, in visible ASCII without `#`; `''` if there is none.
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

  // E11. `remoteAddress` MUST be a string: an address without a port, or `''` if the transport has none.
  const { remoteAddress } = environ
  rule(
    'E11',
    isText(remoteAddress, /^[\w.:%-]*$/),
    () => `remoteAddress must be an address or '', got ${describe(remoteAddress)}`,
  )

  // E12. `waitUntil` MUST be a function, and `errors.write` a method.
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

  // E19. `upgrade` MUST be `undefined` unless the request is an opening handshake of a WebSocket (RFC 6455 §4.2.1: `GET`
  // over HTTP/1.1, `Connection` has the option `upgrade` and `Upgrade` is `websocket`, both in any case, version 13, a key of
  // 16 bytes) and the gateway can accept it. Otherwise it MUST have the offered `protocols`, and a method `accept` that can
  // be called once and returns a response of status 204 without a body. A gateway that can accept WebSockets MUST set
  // `gateway.webSockets`.
  const { upgrade } = environ
  rule(
    'E19',
    upgrade === undefined || (Array.isArray(upgrade.protocols) && typeof upgrade.accept === 'function'),
    () => `upgrade must be undefined, or have protocols and a method 'accept'`,
  )
}

/** Checks the members that the application has set by the time it returns. */
export function lintRoute({ route }: Environ): void {
  // E20. `route` MUST be `undefined` until a router has matched a pattern, and then that pattern from the root, the
  // patterns of all mounts included. Every copy of the environ MUST have the same `route`.
  rule(
    'E20',
    route === undefined || isText(route, /^\//),
    () => `route must be undefined or a pattern that starts with '/', got ${describe(route)}`,
  )
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value)
}
