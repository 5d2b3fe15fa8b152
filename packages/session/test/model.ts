import type { Session } from '../src/index.ts'

/** One operation on a session. */
export type Operation =
  | { readonly kind: 'get' | 'delete'; readonly key: string }
  | { readonly kind: 'set' | 'append'; readonly key: string; readonly value: string }
  | { readonly kind: 'flash'; readonly message: string }
  | { readonly kind: 'takeFlashes' | 'regenerateId' | 'destroy' }

/** Performs an operation on a real session. */
export function perform(session: Session, operation: Operation): unknown {
  switch (operation.kind) {
    case 'get':
      return session.get(operation.key)
    case 'delete':
      return session.delete(operation.key)
    case 'set':
      return session.set(operation.key, [operation.value])
    case 'append':
      return session.update(operation.key, (list = []) => [...(list as string[]), operation.value])
    case 'flash':
      return session.flash('info', operation.message)
    case 'takeFlashes':
      return session.takeFlashes().map(({ message }) => message)
    case 'regenerateId':
      return session.regenerateId()
    case 'destroy':
      return session.destroy()
  }
}

interface Data {
  readonly keys: ReadonlyMap<string, readonly string[]>
  readonly flashes: readonly string[]
}

const empty: Data = { keys: new Map(), flashes: [] }

/** The value under an id: a session, the number of the place it was moved to, or nothing. */
type Place = Data | number | undefined

/**
 * The specification of sessions whose commits happen one after another: when a request ends, its operations are applied
 * to the current session.
 */
export class Model {
  readonly places: Place[] = []
  readonly #eager: boolean

  /** @param eager Whether requests load their session when they start, not when they first use it. */
  constructor(eager: boolean) {
    this.#eager = eager
  }

  begin(place: number | undefined): ModelRequest {
    const request = new ModelRequest(this, place)
    if (this.#eager) request.look()
    return request
  }

  /** Returns the current place of a session that was once at this place. */
  follow(place: number | undefined): number | undefined {
    const found = place === undefined ? undefined : this.places[place]
    return typeof found === 'number' ? this.follow(found) : found && place
  }

  /** Stores data in a new place and returns its number. */
  add(data: Data): number {
    return this.places.push(data) - 1
  }
}

/** One request of the model. */
export class ModelRequest {
  readonly #model: Model
  readonly #place: number | undefined
  #looked: { readonly found: Place } | undefined
  #done: (Operation | { readonly kind: 'take'; readonly messages: readonly string[] })[] = []
  #used = false
  #regeneratesId = false
  #destroys = false

  constructor(model: Model, place: number | undefined) {
    this.#model = model
    this.#place = place
  }

  look(): Place {
    this.#looked ??= { found: this.#place === undefined ? undefined : this.#model.places[this.#place] }
    return this.#looked.found
  }

  do(operation: Operation): unknown {
    this.#used = true
    this.look()
    switch (operation.kind) {
      case 'get':
        return this.#view().keys.get(operation.key)
      case 'takeFlashes': {
        const messages = this.#view().flashes
        this.#done.push({ kind: 'take', messages })
        return messages
      }
      case 'regenerateId':
        this.#regeneratesId = true
        return undefined
      case 'destroy':
        this.#done = []
        this.#regeneratesId = false
        this.#destroys = true
        return undefined
      case 'append':
        this.#done.push(operation)
        return this.#view().keys.get(operation.key)
      default:
        this.#done.push(operation)
        return undefined
    }
  }

  /** Ends the request. Returns the number of the place whose id the response sets, if it sets one. */
  end(): number | undefined {
    if (!this.#used) return undefined
    const { places } = this.#model
    const found = this.look()
    const now = this.#model.follow(this.#place)
    if (this.#destroys && found !== undefined && now !== undefined) places[now] = undefined
    if (this.#destroys || found === undefined || (typeof found === 'number' && this.#regeneratesId)) {
      return this.#create(empty)
    }
    if (typeof found === 'number') return undefined
    if (!this.#regeneratesId) {
      if (now !== undefined) places[now] = this.#over(places[now] as Data)
      return undefined
    }
    const place = places[this.#place!]
    if (place === undefined) return this.#create(empty)
    if (typeof place === 'number') return this.#model.add(this.#over(found))
    places[this.#place!] = this.#model.add(this.#over(place))
    return places[this.#place!] as number
  }

  #create(data: Data): number | undefined {
    const made = this.#over(data)
    return made.keys.size + made.flashes.length === 0 ? undefined : this.#model.add(made)
  }

  #view(): Data {
    const found = this.#destroys ? undefined : this.look()
    return this.#over(typeof found === 'object' ? found : empty)
  }

  #over(data: Data): Data {
    const keys = new Map(data.keys)
    let flashes = [...data.flashes]
    for (const operation of this.#done) {
      if (operation.kind === 'set') keys.set(operation.key, [operation.value])
      if (operation.kind === 'delete') keys.delete(operation.key)
      if (operation.kind === 'append') {
        keys.set(operation.key, [...(keys.get(operation.key) ?? []), operation.value])
      }
      if (operation.kind === 'flash') flashes.push(operation.message)
      if (operation.kind === 'take')
        flashes = flashes.filter((message) => !operation.messages.includes(message))
    }
    return { keys, flashes }
  }
}
