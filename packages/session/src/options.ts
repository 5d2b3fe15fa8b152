import { type CookieOptions, setCookie } from '@tsgi/cookies'
import {
  checkBoolean,
  checkOptions,
  type Duration,
  describe,
  duration,
  readLimits,
  readSecrets,
} from '@tsgi/core/options'
import { SessionCookie } from './backend/session-cookie.ts'
import { createLifetime, type SessionLifetime } from './content/lifetime.ts'
import {
  createValidator,
  type SchemaOf,
  type SessionSchema,
  type SessionValidator,
  type StorableSchema,
} from './content/schema.ts'
import type { CookieStore } from './stores/cookie.ts'
import { memoryStore } from './stores/memory/memory.ts'
import type { SessionStore } from './stores/store.ts'

/** The cookie that identifies a session. It is always `HttpOnly`. */
export interface SessionCookieOptions {
  /** Default: `session`. `__Host-session` keeps subdomains from setting the cookie, and requires HTTPS. */
  readonly name?: string
  /** The path under which the cookie is sent. Default: `/`. */
  readonly path?: string
  /** The domain whose subdomains also receive the cookie. By default, only the host that set it does. */
  readonly domain?: string
  /** Whether the cookie is sent with requests from other sites. Default: `lax`. `none` requires HTTPS. */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  /** Whether the cookie is sent over HTTPS only. By default it is if `environ.scheme` is `https`. */
  readonly secure?: boolean
  /** Whether the browser keeps the cookie when it is closed, as long as the session can last. Default: `false`. */
  readonly persistent?: boolean
}

/**
 * The options of {@link session} and {@link createSessions}.
 *
 * @example
 * ```ts
 * import { session, type SessionOptions } from '@tsgi/session'
 *
 * const options: SessionOptions<{ user: string }> = {
 *   secrets: 'a secret of at least 32 characters',
 *   cookie: { name: '__Host-session', persistent: true },
 *   idleTimeout: '14d',
 *   absoluteTimeout: '90d',
 * }
 * session(options).name // => 'session'
 * ```
 */
export interface SessionOptions<
  Values extends object = Record<string, unknown>,
  Schema extends SessionSchema = SchemaOf<Values>,
> {
  /**
   * The secrets for hashing ids, or for encrypting cookies if `store` is `cookieStore()`: one or a list, random, at least 32
   * characters each. The first is used for new sessions, and all of them to find existing ones. To rotate, put a new one
   * first and keep the previous one for `absoluteTimeout`.
   */
  readonly secrets: string | readonly string[]
  /** Where sessions are stored. Default: in memory, up to 10,000 of them. */
  readonly store?: SessionStore | CookieStore
  /**
   * How long a request waits for the store. After that, it gets a 503 if it uses its session. 0 means no limit. Default:
   * `'5s'`.
   */
  readonly storeTimeout?: Duration
  /**
   * What happens to a request that uses its session while the store fails. `'reject'` responds with 503 and `Retry-After`.
   * `'ignore'` continues as if the visitor had no session, and drops the changes: signed-in visitors look like strangers
   * until the store returns. `destroy` and `regenerateId` are still rejected then, because the previous session would
   * remain, and so would its user. Default: `'reject'`.
   */
  readonly onStoreError?: 'reject' | 'ignore'
  /**
   * A validator for each key, from any Standard Schema library. Other keys are then rejected. A validator with a method
   * `encode`, such as a codec of zod, converts values that are not JSON.
   */
  readonly schema?: Schema & StorableSchema<Schema>
  readonly cookie?: SessionCookieOptions
  /** How long a session lasts without being read or written. Default: `'30m'`. */
  readonly idleTimeout?: Duration
  /**
   * How long a session lasts from its start or its last new id, however often it is used. 0 means no limit: it lasts as long
   * as it is used. Default: `'12h'`.
   */
  readonly absoluteTimeout?: Duration
  /** The maximum size of a session, in characters of JSON. Default: 65,536. */
  readonly maxSize?: number
}

/** The options after checking. */
export interface SessionSettings {
  readonly secrets: readonly string[]
  readonly store: SessionStore | CookieStore
  /** Milliseconds; 0 for no limit. */
  readonly storeTimeout: number
  readonly ignoresStoreErrors: boolean
  readonly validator: SessionValidator
  readonly cookie: SessionCookie
  readonly lifetime: SessionLifetime
  readonly maxSize: number
}

/** @throws TypeError if an option is unknown or invalid. */
export function readOptions<Values extends object, Schema extends SessionSchema>(
  options: SessionOptions<Values, Schema>,
): SessionSettings {
  checkOptions('session', options, [
    'secrets',
    'store',
    'storeTimeout',
    'onStoreError',
    'schema',
    'cookie',
    'idleTimeout',
    'absoluteTimeout',
    'maxSize',
  ])
  const secrets = readSecrets('session', options.secrets)
  const { onStoreError = 'reject' } = options
  if (onStoreError !== 'reject' && onStoreError !== 'ignore') {
    throw new TypeError(`session: onStoreError must be 'reject' or 'ignore', got ${describe(onStoreError)}`)
  }
  const { idleTimeout, absoluteTimeout, storeTimeout, maxSize } = readLimits(
    'session',
    { ...options },
    {
      idleTimeout: duration('30m', 1, '400d'),
      absoluteTimeout: duration('12h', 0, '400d'),
      storeTimeout: duration('5s'),
      maxSize: { default: 65_536, min: 1, max: 2 ** 28, unit: 'characters' },
    },
  )
  const { cookie, persistent } = readCookie(options.cookie)
  return {
    secrets,
    store: readStore(options.store),
    storeTimeout,
    ignoresStoreErrors: onStoreError === 'ignore',
    validator: createValidator(options.schema),
    cookie,
    lifetime: createLifetime({ idleTimeout, absoluteTimeout, persistent }),
    maxSize,
  }
}

export function isCookieStore(store: object): store is CookieStore {
  return 'kind' in store && store.kind === 'cookie'
}

function readStore(store: SessionStore | CookieStore = memoryStore()): SessionStore | CookieStore {
  if (isCookieStore(Object(store))) return store
  for (const method of ['load', 'commit', 'destroy'] as const) {
    if (typeof (store as SessionStore | null)?.[method] !== 'function')
      throw new TypeError(`session: store must have a method ${method}`)
  }
  return store
}

/** The maximum length of the cookie's name. Browsers store 4,096 bytes of name and value together. */
const MAX_NAME = 256

function readCookie(options: SessionCookieOptions = {}): {
  readonly cookie: SessionCookie
  readonly persistent: boolean
} {
  checkOptions('session: cookie', options, ['name', 'path', 'domain', 'sameSite', 'secure', 'persistent'])
  const { name = 'session', persistent = false, ...attributes } = options
  if (typeof name === 'string' && name.length > MAX_NAME) {
    throw new TypeError(`session: cookie: name must have at most ${MAX_NAME} characters, got ${name.length}`)
  }
  checkBoolean('session: cookie: persistent', persistent)
  const scope: CookieOptions = { ...attributes, httpOnly: true }
  try {
    setCookie(name, '', scope)
  } catch (error) {
    throw new TypeError(`session: cookie: ${((error as Error).cause as Error).message}`)
  }
  return { cookie: new SessionCookie(name, scope), persistent }
}
