import { describe } from '@tsgi/core/options'
import { isLatin1 } from '../contract/bytes.ts'
import type { WsgiEnviron, WsgiErrors } from '../contract/types.ts'
import { check } from './validator-error.ts'

const REQUIRED = [
  'REQUEST_METHOD',
  'SERVER_NAME',
  'SERVER_PORT',
  'wsgi.version',
  'wsgi.url_scheme',
  'wsgi.input',
  'wsgi.errors',
  'wsgi.multithread',
  'wsgi.multiprocess',
  'wsgi.run_once',
]
const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PATCH', 'PUT', 'DELETE', 'TRACE']

/** Checks the arguments of an application. Questionable ones are reported to `wsgi.errors`. */
export function validateEnviron(args: readonly unknown[]): WsgiEnviron {
  check(
    'E1',
    args.length === 2,
    () => `the application must be called with two arguments, got ${args.length}`,
  )
  const [environ] = args
  check('E2', isPlain(environ), () => `environ must be a plain object, got ${describe(environ)}`)
  for (const key of REQUIRED) check('E3', key in environ, () => `environ must have ${key}`)
  for (const key of ['HTTP_CONTENT_TYPE', 'HTTP_CONTENT_LENGTH']) {
    check('E4', !(key in environ), () => `environ must have ${key.slice('HTTP_'.length)}, not ${key}`)
  }
  for (const [key, value] of Object.entries(environ)) {
    if (key.includes('.')) continue
    check('E6', typeof value === 'string', () => `${key} must be a string, got ${describe(value)}`)
    check(
      'E17',
      isLatin1(value),
      () => `${key} must not have characters above U+00FF, got ${describe(value)}`,
    )
  }
  validateWsgiKeys(environ)
  validatePath(environ)
  for (const key of ['SERVER_NAME', 'SERVER_PORT']) {
    check('E18', environ[key] !== '', () => `${key} must not be empty`)
  }
  const { 'wsgi.errors': errors } = environ
  if (!('QUERY_STRING' in environ)) warn(errors, 'E5: environ has no QUERY_STRING')
  if (!METHODS.includes(environ.REQUEST_METHOD)) {
    warn(errors, `E11: REQUEST_METHOD is not a known method, got ${describe(environ.REQUEST_METHOD)}`)
  }
  return environ
}

/** Writes a warning. */
export function warn(errors: WsgiErrors, warning: string): void {
  errors.write(`validator: ${warning}\n`)
}

function validateWsgiKeys(environ: WsgiEnviron): void {
  const version: unknown = environ['wsgi.version']
  check(
    'E7',
    Array.isArray(version) && version.length === 2 && version.every(Number.isInteger),
    () => `wsgi.version must be two numbers such as [1, 0], got ${describe(version)}`,
  )
  const scheme = environ['wsgi.url_scheme']
  check(
    'E8',
    scheme === 'http' || scheme === 'https',
    () => `wsgi.url_scheme must be http or https, got ${describe(scheme)}`,
  )
  for (const method of ['read', 'readline', 'readlines', Symbol.asyncIterator]) {
    check('E9', hasMethod(environ['wsgi.input'], method), () => `wsgi.input has no ${String(method)}`)
  }
  for (const method of ['flush', 'write', 'writelines']) {
    check('E10', hasMethod(environ['wsgi.errors'], method), () => `wsgi.errors has no ${method}`)
  }
}

function validatePath(environ: WsgiEnviron): void {
  const { SCRIPT_NAME: script, PATH_INFO: path, CONTENT_LENGTH: length } = environ
  check(
    'E12',
    !script || script.startsWith('/'),
    () => `SCRIPT_NAME must begin with '/', got ${describe(script)}`,
  )
  check('E13', !path || path.startsWith('/'), () => `PATH_INFO must begin with '/', got ${describe(path)}`)
  check(
    'E14',
    !length || /^\d+$/.test(length),
    () => `CONTENT_LENGTH must be decimal digits, got ${describe(length)}`,
  )
  check('E15', Boolean(script) || path !== undefined, () => 'environ must have SCRIPT_NAME or PATH_INFO')
  check('E16', script !== '/', () => `SCRIPT_NAME must be '' at the root, and PATH_INFO '/'`)
}

function isPlain(value: unknown): value is WsgiEnviron {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function hasMethod(value: unknown, name: string | symbol): boolean {
  return typeof (value as Record<string | symbol, unknown> | null | undefined)?.[name] === 'function'
}
