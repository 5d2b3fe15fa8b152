import { Changes } from './changes.ts'
import type { Content, Flash } from './content.ts'
import type { Hold, Intent } from './keeper.ts'
import type { Guard } from './schema.ts'
import type { ReadableSession } from './session-type.ts'
import type { Awaitable } from './store.ts'

/** The session of one request. What it is asked to do is remembered, and done when the response is returned. */
export class RequestSession<Values extends object> implements ReadableSession<Values> {
  readonly #hold: Hold
  readonly #guard: Guard
  #changes = new Changes()
  #used = false
  #renewed = false
  #ended = false
  #closed = false

  constructor(hold: Hold, guard: Guard) {
    this.#hold = hold
    this.#guard = guard
  }

  get isNew(): boolean {
    return this.#content() === undefined
  }

  get<K extends keyof Values & string>(key: K): Values[K] | undefined {
    this.#guard.check(key)
    this.#use()
    if (this.#changes.has(key)) return this.#changes.get(key) as Values[K] | undefined
    const kept = this.#content()?.data.get(key)
    return (kept === undefined ? undefined : this.#guard.admit(key, kept)) as Values[K] | undefined
  }

  has(key: keyof Values & string): boolean {
    return this.get(key) !== undefined
  }

  set<K extends keyof Values & string>(key: K, value: Values[K]): void {
    this.#write()
    this.#guard.check(key)
    this.#changes.set(key, this.#guard.accept(key, value))
  }

  delete(key: keyof Values & string): void {
    this.#write()
    this.#guard.check(key)
    this.#changes.set(key, undefined)
  }

  update<K extends keyof Values & string>(
    key: K,
    fn: (current: Values[K] | undefined) => Values[K] | undefined,
  ): Values[K] | undefined {
    this.#write()
    this.#guard.check(key)
    this.#changes.update(key, this.#content()?.data.get(key), (kept) => {
      const admitted = kept === undefined ? undefined : this.#guard.admit(key, kept)
      const next = fn(admitted as Values[K] | undefined)
      return next === undefined ? undefined : this.#guard.accept(key, next)
    })
    return this.get(key)
  }

  flash(type: string, message: string): void {
    this.#write()
    if (typeof type !== 'string' || typeof message !== 'string') {
      throw new TypeError('session: flash takes a type and a message, both text')
    }
    this.#changes.flash({ type, message })
  }

  flashes(type?: string): readonly Flash[] {
    this.#write()
    return this.#changes.takeFlashes(this.#content(), type)
  }

  regenerate(): void {
    this.#write()
    this.#renewed = true
  }

  destroy(): void {
    this.#write()
    this.#changes = new Changes()
    this.#renewed = false
    this.#ended = true
  }

  /** Whether the session was read or written. */
  get used(): boolean {
    return this.#used
  }

  /** Takes no more writes from now on. */
  close(): void {
    this.#closed = true
  }

  /** Keeps what was done, and says whether the cookie was set or deleted. Once only; takes no more writes. */
  commit(): Awaitable<boolean> {
    if (this.#closed) throw closed()
    this.close()
    if (!this.#used) return false
    const intent: Intent = { changes: this.#changes, renewed: this.#renewed, ended: this.#ended }
    return this.#hold.commit(intent)
  }

  #content(): Content | undefined {
    const content = this.#use()
    return this.#ended ? undefined : content
  }

  #write(): void {
    if (this.#closed) throw closed()
    // To write is to look, too: from then on, what others do to the session is known to have come later.
    this.#use()
  }

  #use(): Content | undefined {
    this.#used = true
    return this.#hold.read()
  }
}

function closed(): Error {
  return new Error('session: the response has been returned, so nothing can be written: write before that')
}
