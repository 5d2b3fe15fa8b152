/** A sequence of bytes to be found in others, whose first byte occurs in it only once. */
export class Delimiter {
  readonly bytes: Uint8Array
  /** How far to move on, by the byte that is at the end of the place that was looked at (Boyer-Moore-Horspool). */
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

  /** Returns where the delimiter begins, possibly cut off at the end, or else the length of the haystack. */
  find(haystack: Uint8Array, from: number): number {
    const last = this.length - 1
    const [first, final, skips] = [this.bytes[0], this.bytes[last], this.#skips]
    let at = from
    while (at + last < haystack.length) {
      const end = haystack[at + last]!
      // Only where the first byte is, too: comparing more at every place could take quadratic time.
      if (end === final && haystack[at] === first && this.match(haystack, at) === this.length) return at
      at += skips[end]!
    }
    for (at = Math.max(from, haystack.length - last); at < haystack.length; at++) {
      if (at + this.match(haystack, at) === haystack.length) return at
    }
    return haystack.length
  }

  /** Returns how many bytes of the delimiter are at a place. */
  match(haystack: Uint8Array, at: number): number {
    const { bytes } = this
    const most = Math.min(bytes.length, haystack.length - at)
    let count = 0
    while (count < most && haystack[at + count] === bytes[count]) count++
    return count
  }
}
