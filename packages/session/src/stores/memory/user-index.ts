/** Finds the keys of a user's sessions. */
export class UserIndex {
  readonly #users = new Map<string, string>()
  readonly #keys = new Map<string, Set<string>>()

  keysOf(user: string): readonly string[] {
    return [...(this.#keys.get(user) ?? [])]
  }

  /** Assigns a session to a user, or to none, instead of the previous one. */
  assign(key: string, user: string | undefined): void {
    const previous = this.#users.get(key)
    if (previous === user) return
    if (previous !== undefined) this.#remove(key, previous)
    if (user === undefined) return
    this.#users.set(key, user)
    const keys = this.#keys.get(user)
    if (keys === undefined) this.#keys.set(user, new Set([key]))
    else keys.add(key)
  }

  #remove(key: string, user: string): void {
    this.#users.delete(key)
    const keys = this.#keys.get(user)!
    keys.delete(key)
    if (keys.size === 0) this.#keys.delete(user)
  }
}
