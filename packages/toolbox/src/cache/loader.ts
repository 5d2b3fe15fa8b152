import {
  type Application,
  type Awaitable,
  chain,
  type Environ,
  handle,
  withHeaders,
  withStatus,
} from '@tsgi/core'
import { discardBody } from '@tsgi/core/gateway'
import { type ForwardReason, withCacheStatus } from './cache-status.ts'
import { captureResponse, watchStream } from './capture-response.ts'
import type { Entries, Place } from './entries.ts'
import { forwardedEnviron } from './forwarded-environ.ts'
import { Load } from './load.ts'
import type { Loads } from './loads.ts'
import type { Settings } from './options.ts'
import type { Directives } from './rules/cache-control.ts'
import { type Policy, policyOf } from './rules/policy.ts'
import { FAILURES, isUsableOnError } from './rules/reuse.ts'
import {
  conditionsFor,
  isAbout,
  isNotModified,
  respondWith,
  storedFrom,
  updatedHeaders,
  validatorsOf,
} from './stored-response.ts'
import type { StoredResponse } from './stores/store.ts'

/** A request that the cache forwards to the application. */
export interface Forwarding<E extends object = object> {
  readonly environ: Environ & E
  /** The key of the URL. */
  readonly key: string
  /** The place of the response, and the stored response to revalidate. */
  readonly place: Place
  readonly request: Directives
  readonly reason: ForwardReason
  /** Whether other requests may wait for the response. */
  readonly isShared: boolean
  /** Whether no client waits for the response. */
  readonly isBackground: boolean
}

/** Calls the application, and stores its responses. */
export class Loader {
  readonly #settings: Settings
  readonly #entries: Entries
  readonly #loads: Loads

  constructor(settings: Settings, entries: Entries, loads: Loads) {
    this.#settings = settings
    this.#entries = entries
    this.#loads = loads
  }

  load<E extends object>(app: Application<E>, forwarding: Forwarding<E>): Awaitable<Response> {
    const { environ, key, place, isShared, isBackground } = forwarding
    const conditions = place.stored && conditionsFor(place.stored)
    const load = new Load(key, place.key, environ.headers, isBackground)
    this.#loads.begin(load, isShared)
    const isOwn = !isShared && !isBackground && conditions === undefined
    const inner = isOwn ? environ : forwardedEnviron(environ, load.controller, conditions)
    // Nobody may wait for a response that is aborted.
    if (!isOwn) load.controller.signal.addEventListener('abort', () => this.#loads.end(load, undefined))
    const leave = isOwn || isBackground ? () => load.controller.abort() : load.join(environ.signal)
    return chain(handle(app, inner), (response) => {
      try {
        if (place.stored === undefined) return this.#pass(forwarding, load, response, leave)
        return this.#revalidated(app, forwarding, load, response, leave, place.stored)
      } catch (error) {
        // It is unusable, for example because its body has been read.
        this.#loads.end(load, undefined)
        throw error
      }
    })
  }

  /** Receives the response to a request for which a response is stored (RFC 9111 §4.3.3). */
  #revalidated<E extends object>(
    app: Application<E>,
    forwarding: Forwarding<E>,
    load: Load,
    response: Response,
    leave: () => void,
    stored: StoredResponse,
  ): Awaitable<Response> {
    const { environ, place, request, reason } = forwarding
    const { status } = response
    if (status === 304 && conditionsFor(stored) !== undefined) {
      if (isAbout(stored, response.headers)) return this.#freshen(forwarding, load, stored, response)
      // The application has another version, but the cache does not.
      this.#loads.end(load, undefined)
      leave()
      return this.load(app, { ...forwarding, place: { key: place.key, stored: undefined }, isShared: false })
    }
    if (FAILURES.has(status) && isUsableOnError(stored, request, Date.now())) {
      discardBody(environ, response)
      this.#loads.end(load, stored)
      return respondWith(environ, stored, this.#settings.name, { forwarded: reason, forwardedStatus: status })
    }
    const passed = this.#pass(forwarding, load, response, leave)
    // The client's own conditions were replaced.
    const isAsked = !forwarding.isBackground && passed.status === 200
    const isCurrent = isAsked && isNotModified(environ, validatorsOf(passed.headers))
    if (!isCurrent) return passed
    // This client does not need the body, but the cache does.
    load.keep()
    return withStatus(passed, 304)
  }

  /** Updates a stored response by a 304 (RFC 9111 §4.3.4). */
  #freshen(
    forwarding: Forwarding,
    load: Load,
    stored: StoredResponse,
    update: Response,
  ): Awaitable<Response> {
    const { environ, place, reason } = forwarding
    const cookies = update.headers.getSetCookie()
    const headers = updatedHeaders(stored, update.headers)
    const { status, statusText, body, route } = stored
    const policy = policyOf(environ.headers, { status, headers }, this.#settings, Date.now())
    const isStored = policy !== undefined && load.isValid
    const current = storedFrom(
      { status, statusText, headers },
      body,
      policy ?? { ...stored, createdAt: Date.now() },
      route,
    )
    if (isStored) this.#keep(environ, this.#put(environ, load, current))
    else this.#loads.end(load, undefined)
    const removed = isStored ? undefined : this.#entries.remove(environ, place.key)
    return chain(removed, () => {
      const status = { forwarded: reason, forwardedStatus: 304, isStored }
      const response = respondWith(environ, current, this.#settings.name, status)
      return cookies.length === 0 ? response : withHeaders(response, { 'set-cookie': cookies })
    })
  }

  /** Passes a response on, and stores it if it may be stored. */
  #pass(forwarding: Forwarding, load: Load, response: Response, leave: () => void): Response {
    const { environ, key, place, reason, isBackground } = forwarding
    const { name } = this.#settings
    const policy = load.isValid ? policyOf(environ.headers, response, this.#settings, Date.now()) : undefined
    const stored = policy && this.#store(forwarding, load, response, policy, leave)
    if (stored !== undefined) return withCacheStatus(stored, name, { forwarded: reason, isStored: true })
    this.#loads.end(load, undefined)
    // Neither of the two says anything about other requests.
    const isSpecial = response.status === 304 || environ.headers.has('authorization')
    if (!isSpecial) this.#loads.setStorable(key, false)
    if (place.stored !== undefined && response.status < 500) {
      this.#keep(environ, this.#entries.remove(environ, place.key))
    }
    if (isBackground) discardBody(environ, response)
    return withCacheStatus(response, name, { forwarded: reason })
  }

  /** Returns the response for the client; undefined if it is too large. */
  #store(
    { environ, key, isBackground }: Forwarding,
    load: Load,
    response: Response,
    policy: Policy,
    leave: () => void,
  ): Response | undefined {
    const captured = captureResponse(response, this.#settings.maxEntrySize, leave)
    if (captured === undefined) return undefined
    if (captured.stream !== undefined) {
      watchStream(captured.stream, load.controller.signal, isBackground ? undefined : environ)
    }
    load.isReceiving = true
    const { status, statusText, headers } = captured.response
    const done = chain(captured.body, (body): Awaitable<void> => {
      if (body !== undefined) this.#loads.setStorable(key, true)
      if (body === undefined || !load.isValid) return this.#loads.end(load, undefined)
      const stored = storedFrom({ status, statusText, headers }, body, policy, environ.route)
      return this.#put(environ, load, stored)
    })
    this.#keep(environ, done)
    return captured.response
  }

  /** Stores a response, unless an unsafe request changes the resource before it is stored. */
  #put(environ: Environ, load: Load, stored: StoredResponse): Awaitable<void> {
    load.settle(stored)
    return chain(this.#entries.put(environ, load.key, stored), () => {
      const { isValid } = load
      this.#loads.end(load, stored)
      if (!isValid) return this.#entries.remove(environ, load.key)
    })
  }

  /** Keeps the gateway from stopping until a response is stored. */
  #keep(environ: Environ, done: Awaitable<void>): void {
    if (done instanceof Promise) environ.waitUntil(done)
  }
}
