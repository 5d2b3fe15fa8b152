/** A sequence of bytes to search for. Its first byte occurs in it only once. */
export class Delimiter {
  readonly bytes: Uint8Array
  /** How far to skip ahead, by the byte at the end of the current window (Boyer-Moore-Horspool). */
  readonly #skips: Uint8Array

  constructor(text: string) {
    this.bytes = new TextEncoder().encode(text)
    const last = this.bytes.length - 1
    this.#skips = new Uint8Array(256).fill(this.bytes.length)
    for (let at = 0; at < last; at++) this.#skips[this.bytes[at]!] = last - at
  }

  get length(): number {
    return this.bytes.length
  }

  /** Returns the offset at which the delimiter starts, even if it is cut off at the end; otherwise the haystack's length. */
  find(haystack: Uint8Array, from: number): number {
    const last = this.length - 1
    const [first, final, skips] = [this.bytes[0], this.bytes[last], this.#skips]
    let at = from
    while (at + last < haystack.length) {
      const end = haystack[at + last]!
      // Compare only if the first byte matches, too: comparing at every offset could take quadratic time.
      if (end === final && haystack[at] === first && this.match(haystack, at) === this.length) return at
      at += skips[end]!
    }
    for (at = Math.max(from, haystack.length - last); at < haystack.length; at++) {
      if (at + this.match(haystack, at) === haystack.length) return at
    }
    return haystack.length
  }

  /** Returns how many bytes of the delimiter match at an offset. */
  match(haystack: Uint8Array, at: number): number {
    const { bytes } = this
    const most = Math.min(bytes.length, haystack.length - at)
    let count = 0
    while (count < most && haystack[at + count] === bytes[count]) count++
    return count
  }
}
