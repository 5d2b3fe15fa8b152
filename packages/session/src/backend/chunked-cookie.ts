import type { Cookies } from '@tsgi/cookies'
import type { SessionCookie } from './session-cookie.ts'

/** Browsers ignore a cookie whose name and value together are longer, in bytes (RFC 6265bis §5.6). */
const MAX_NAME_AND_VALUE = 4096

/** The number of pieces is a single digit. */
const MAX_PIECES = 9

/** The length of the tag that says which pieces belong together. */
const TAG_LENGTH = 8

/**
 * Stores a sealed value in one cookie or, if it is too long, in several: `session`, `session.1`, …
 *
 * The first piece begins with the number of pieces. All pieces begin with a tag, the end of the sealed value: pieces of
 * another response, or from somebody who has not seen the value, do not have it.
 */
export class ChunkedCookie {
  readonly #cookie: SessionCookie
  readonly #maxCookies: number
  readonly #maxPiece: number

  constructor(cookie: SessionCookie, maxCookies: number) {
    this.#cookie = cookie
    this.#maxCookies = maxCookies
    this.#maxPiece = MAX_NAME_AND_VALUE - `${cookie.name}.1`.length - `1~~`.length - TAG_LENGTH
  }

  get name(): string {
    return this.#cookie.name
  }

  /** Returns the values that the client sent, without those that lack a piece. */
  values(cookies: Cookies): readonly string[] {
    return this.#cookie.values(cookies).flatMap((first) => this.#join(cookies, first) ?? [])
  }

  /** @throws RangeError if the value is too long. */
  set(cookies: Cookies, value: string, maxAge: number | undefined): void {
    const pieces = this.#split(value)
    for (const [index, piece] of pieces.entries()) {
      this.#cookie.withSuffix(suffixOf(index)).set(cookies, piece, maxAge)
    }
    this.#deleteFrom(pieces.length, cookies)
  }

  /** Deletes the cookies that the client has. Returns whether it has the first. */
  delete(cookies: Cookies): boolean {
    this.#deleteFrom(1, cookies)
    return this.#cookie.delete(cookies)
  }

  #split(value: string): readonly string[] {
    if (this.#cookie.name.length + value.length <= MAX_NAME_AND_VALUE) return [value]
    const count = Math.ceil(value.length / this.#maxPiece)
    if (count > this.#maxCookies) {
      throw new RangeError(
        `${value.length} characters need ${count} cookies, over maxCookies, ${this.#maxCookies}`,
      )
    }
    const tag = value.slice(-TAG_LENGTH)
    return Array.from({ length: count }, (_, index) => {
      const piece = value.slice(index * this.#maxPiece, (index + 1) * this.#maxPiece)
      return `${index === 0 ? `${count}~` : ''}${tag}~${piece}`
    })
  }

  #join(cookies: Cookies, first: string): string | undefined {
    const [, count, tag, piece] = /^([2-9])~([\w-]{8})~(.*)$/.exec(first) ?? []
    if (count === undefined) return first
    const pieces = [piece]
    for (let index = 1; index < Number(count); index++) {
      const others = cookies.getAll(this.name + suffixOf(index))
      const next = others.find((other) => other.startsWith(`${tag}~`))
      if (next === undefined) return undefined
      pieces.push(next.slice(TAG_LENGTH + 1))
    }
    return pieces.join('')
  }

  #deleteFrom(index: number, cookies: Cookies): void {
    for (let at = index; at < MAX_PIECES; at++) this.#cookie.withSuffix(suffixOf(at)).delete(cookies)
  }
}

function suffixOf(index: number): string {
  return index === 0 ? '' : `.${index}`
}
