import type { Awaitable } from '@tsgi/core'
import type { SessionHandle } from './backend/backend.ts'
import type { FlashMessage, SessionContent, SessionIdentity } from './content/content.ts'
import type { SessionValidator } from './content/schema.ts'
import { newPublicId } from './id/session-id.ts'
import { Changes } from './merge/changes.ts'
import { readIdentity } from './read-identity.ts'
import type { RegenerateOptions, SessionOf } from './session-type.ts'

/** The session of one request. It collects changes, which are stored when the response is returned. */
export class RequestSession<Values extends object> implements SessionOf<Values> {
  readonly #handle: SessionHandle
  readonly #validator: SessionValidator
  #changes = new Changes()
  #isUsed = false
  #stored: SessionContent | undefined
  /** The identity of the session if this request starts it or gives it a new id. */
  #identity: SessionIdentity | undefined
  #regeneratesId = false
  #destroys = false
  #isClosed = false

  constructor(handle: SessionHandle, validator: SessionValidator) {
    this.#handle = handle
    this.#validator = validator
  }

  get isNew(): boolean {
    return this.#content() === undefined
  }

  get id(): string {
    const content = this.#content()
    return content === undefined || this.#regeneratesId ? this.#ownIdentity().id : content.id
  }

  get user(): string | undefined {
    const content = this.#content()
    return this.#identity && 'user' in this.#identity ? this.#identity.user : content?.user
  }

  get<K extends keyof Values & string>(key: K): Values[K] | undefined {
    this.#validator.checkKey(key)
    const content = this.#content()
    const stored = this.#changes.has(key) ? this.#changes.get(key) : content?.values.get(key)
    return (stored === undefined ? undefined : this.#validator.read(key, stored)) as Values[K] | undefined
  }

  has(key: keyof Values & string): boolean {
    return this.get(key) !== undefined
  }

  set<K extends keyof Values & string>(key: K, value: Values[K]): void {
    this.#startWriting()
    this.#validator.checkKey(key)
    this.#changes.set(key, this.#validator.write(key, value))
  }

  delete(key: keyof Values & string): void {
    this.#startWriting()
    this.#validator.checkKey(key)
    this.#changes.set(key, undefined)
  }

  update<K extends keyof Values & string>(
    key: K,
    fn: (current: Values[K] | undefined) => Values[K] | undefined,
  ): Values[K] | undefined {
    this.#startWriting()
    this.#validator.checkKey(key)
    this.#changes.update(key, this.#content()?.values.get(key), (stored) => {
      const current = stored === undefined ? undefined : this.#validator.read(key, stored)
      const next = fn(current as Values[K] | undefined)
      return next === undefined ? undefined : this.#validator.write(key, next)
    })
    return this.get(key)
  }

  flash(type: string, message: string): void {
    this.#startWriting()
    if (typeof type !== 'string' || typeof message !== 'string') {
      throw new TypeError('session: flash(type, message) needs two strings')
    }
    this.#changes.flash({ type, message })
  }

  takeFlashes(type?: string): readonly FlashMessage[] {
    this.#startWriting()
    return this.#changes.takeFlashes(this.#content(), type)
  }

  regenerateId(options?: RegenerateOptions): void {
    this.#startWriting()
    const identity = readIdentity(options)
    const { user } = this
    // The values belong to the previous user.
    if (identity.user !== undefined && user !== undefined && identity.user !== user) this.destroy()
    this.#identity = { ...this.#identity, ...identity, id: newPublicId() }
    this.#regeneratesId = true
  }

  destroy(): void {
    this.#startWriting()
    this.#changes = new Changes()
    this.#identity = undefined
    this.#regeneratesId = false
    this.#destroys = true
  }

  /** Whether the session has been read or changed. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** Prevents further changes and stores nothing. */
  close(): void {
    this.#isClosed = true
  }

  /** Prevents further changes, stores the changes, and returns whether the cookie was set or deleted. */
  commit(): Awaitable<boolean> {
    if (this.#isClosed) throw alreadyReturned()
    this.close()
    if (!this.#isUsed) return false
    return this.#handle.commit({
      changes: this.#changes,
      identity: () => this.#ownIdentity(),
      regeneratesId: this.#regeneratesId,
      destroys: this.#destroys,
    })
  }

  #content(): SessionContent | undefined {
    if (!this.#isUsed) {
      // If the store fails here, the session counts as unused, and nothing has to be stored.
      this.#stored = this.#handle.read()
      this.#isUsed = true
    }
    return this.#destroys ? undefined : this.#stored
  }

  #ownIdentity(): SessionIdentity {
    this.#identity ??= { id: newPublicId() }
    return this.#identity
  }

  #startWriting(): void {
    if (this.#isClosed) throw alreadyReturned()
    // Reads the session, so that changes by other requests are known to come after this one's.
    this.#content()
  }
}

function alreadyReturned(): Error {
  return new Error('session: the session cannot be changed because the response has already been returned')
}
