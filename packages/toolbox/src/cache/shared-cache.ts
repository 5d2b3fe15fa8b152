import { type Application, type Awaitable, chain, type Environ, HttpError } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { type ForwardReason, withCacheStatus } from './cache-status.ts'
import { Entries, type Place } from './entries.ts'
import { keyOf, keyOfUrl, urlOf } from './key.ts'
import type { Load } from './load.ts'
import { Loader } from './loader.ts'
import { Loads } from './loads.ts'
import type { Settings } from './options.ts'
import { type Directives, parseCacheControl } from './rules/cache-control.ts'
import { reuseOf } from './rules/reuse.ts'
import { respondWith } from './stored-response.ts'
import type { StoredResponse } from './stores/store.ts'

/** Methods that do not change anything (RFC 9110 §9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** A request that may be satisfied by a stored response. */
interface Lookup<E extends object> {
  readonly app: Application<E>
  readonly environ: Environ & E
  readonly key: string
  readonly request: Directives
  /** Whether it may wait for the response to another request. */
  readonly mayWait: boolean
}

/** Decides for each request whether it is forwarded to the application. */
export class SharedCache {
  readonly #settings: Settings
  readonly #entries: Entries
  readonly #loads = new Loads()
  readonly #loader: Loader

  constructor(settings: Settings) {
    this.#settings = settings
    this.#entries = new Entries(settings)
    this.#loader = new Loader(settings, this.#entries, this.#loads)
  }

  respond<E extends object>(app: Application<E>, environ: Environ & E): Awaitable<Response> {
    const { method, headers } = environ
    if (method !== 'GET' && method !== 'HEAD') {
      if (SAFE_METHODS.has(method)) return app(environ)
      return chain(app(environ), (response) => this.#invalidate(environ, response))
    }
    const request = parseCacheControl(headers.get('cache-control'))
    const key = this.#isBypassed(environ, request) ? undefined : keyOf(this.#settings, environ)
    if (key === undefined) return this.#forwardOnly(app, environ, 'bypass')
    return this.#find({ app, environ, key, request, mayWait: true })
  }

  /** Removes the responses of a URL. Rejects if the store fails. */
  async purge(url: URL): Promise<void> {
    const key = keyOfUrl(this.#settings, url)
    if (key === undefined) return
    this.#loads.invalidate(key)
    await this.#settings.store.delete(key)
  }

  #isBypassed(environ: Environ, request: Directives): boolean {
    const { headers } = environ
    const { when } = this.#settings
    const isIntended = when === undefined || when(environ)
    if (typeof isIntended !== 'boolean') {
      throw new TypeError(`responseCache: when must return true or false, got ${describe(isIntended)}`)
    }
    const isGuarded = headers.has('if-match') || headers.has('if-unmodified-since')
    return !isIntended || environ.upgrade !== undefined || request.has('no-store') || isGuarded
  }

  #forwardOnly<E extends object>(
    app: Application<E>,
    environ: Environ & E,
    forwarded: ForwardReason,
  ): Awaitable<Response> {
    return chain(app(environ), (response) => withCacheStatus(response, this.#settings.name, { forwarded }))
  }

  #find<E extends object>(lookup: Lookup<E>): Awaitable<Response> {
    return chain(this.#entries.find(lookup.environ, lookup.key), (place) => this.#decide(lookup, place))
  }

  #decide<E extends object>(lookup: Lookup<E>, place: Place): Awaitable<Response> {
    const { app, environ, request } = lookup
    const { headers, method } = environ
    const isAuthorized = headers.has('authorization')
    const stored = isAuthorized && place.stored?.forAuthorized === false ? undefined : place.stored
    const now = Date.now()
    const reuse = stored === undefined ? 'revalidate' : reuseOf(stored, request, now)
    const isPart = headers.has('range')
    if (stored !== undefined && reuse !== 'revalidate') {
      // The application may ignore ranges, so the cache may, too; if it does not, it has to cut them out.
      if (isPart && stored.headers['accept-ranges'] === 'bytes')
        return this.#forwardOnly(app, environ, 'bypass')
      if (reuse === 'send-and-revalidate') this.#revalidate(lookup, place)
      const freshFor = stored.createdAt + stored.lifetime - now
      return respondWith(environ, stored, this.#settings.name, { isHit: true, freshFor })
    }
    if (request.has('only-if-cached')) {
      throw new HttpError(504, 'There is no stored response that can be used.', { report: false })
    }
    const reason = stored === undefined ? 'miss' : isFresh(stored, now) ? 'request' : 'stale'
    if (method === 'HEAD' || isPart) return this.#forwardOnly(app, environ, reason)
    return this.#forward(lookup, { key: place.key, stored }, reason)
  }

  #forward<E extends object>(lookup: Lookup<E>, place: Place, reason: ForwardReason): Awaitable<Response> {
    const { app, environ, key, request, mayWait } = lookup
    const { headers } = environ
    // Without a stored response, the conditions of the client are forwarded, and its response may be a 304.
    const isConditional = headers.has('if-none-match') || headers.has('if-modified-since')
    const { maxWait } = this.#settings
    const isShared =
      mayWait &&
      maxWait > 0 &&
      !headers.has('authorization') &&
      !request.has('no-cache') &&
      !(isConditional && place.stored === undefined) &&
      this.#loads.isStorable(key)
    const load = this.#loads.sharedWith(place)
    if (isShared && load?.isLate(maxWait) === false) return this.#wait(lookup, place, reason, load)
    return this.#loader.load(app, { environ, key, place, request, reason, isShared, isBackground: false })
  }

  /** Responds with the response to another request that is already with the application. */
  async #wait<E extends object>(
    lookup: Lookup<E>,
    place: Place,
    forwarded: ForwardReason,
    load: Load,
  ): Promise<Response> {
    const { environ, key } = lookup
    const { maxWait } = this.#settings
    const stored = await load.wait(environ.signal, maxWait)
    if (environ.signal.aborted) throw new HttpError(499, 'The client disconnected.', { report: false })
    if (stored !== undefined && load.isFor(stored, environ.headers)) {
      return respondWith(environ, stored, this.#settings.name, { forwarded, isCollapsed: true })
    }
    // Later requests do not wait for a body that may never end.
    if (load.isReceiving && load.isLate(maxWait)) this.#loads.setStorable(key, false)
    // The response is for other requests: this one may be satisfied by another, or has to be forwarded.
    return this.#find({ ...lookup, mayWait: stored !== undefined && place.key === lookup.key })
  }

  #revalidate<E extends object>({ app, environ, key, request }: Lookup<E>, place: Place): void {
    if (environ.method !== 'GET' || this.#loads.sharedWith(place) !== undefined) return
    const forwarding = {
      environ,
      key,
      place,
      request,
      reason: 'stale',
      isShared: true,
      isBackground: true,
    } as const
    environ.waitUntil(Promise.resolve(this.#loader.load(app, forwarding)))
  }

  /** Removes what an unsafe request may have changed (RFC 9111 §4.4). */
  #invalidate(environ: Environ, response: Response): Awaitable<Response> {
    if (response.status >= 400) return response
    const base = new URL(urlOf(environ))
    const named = ['location', 'content-location'].map((name) => response.headers.get(name))
    const urls = named.map((value) => (value === null ? null : URL.parse(value, base)))
    const keys = [keyOf(this.#settings, environ)]
    for (const url of urls) if (url?.origin === base.origin) keys.push(keyOfUrl(this.#settings, url))
    return keys.reduce<Awaitable<Response>>((before, key) => {
      if (key === undefined) return before
      this.#loads.invalidate(key)
      return chain(before, (response) => chain(this.#entries.remove(environ, key), () => response))
    }, response)
  }
}

function isFresh({ createdAt, lifetime }: StoredResponse, now: number): boolean {
  return now - createdAt < lifetime
}
