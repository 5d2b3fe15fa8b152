/** A pseudo-random generator (sfc32). The same seed and number always give the same values, on every machine. */
export class Random {
  #a: number
  #b: number
  #c = 0x9e3779b9
  #counter = 1

  constructor(seed: number, number: number) {
    this.#a = seed | 0
    this.#b = number | 0
    for (let n = 0; n < 12; n++) this.#next()
  }

  /** Returns an integer from 0 up to `limit`, exclusive. */
  below(limit: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * limit)
  }

  /** Returns true once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  /** Returns mostly the first value, once in ten another one. */
  mostly<T>(list: readonly T[]): T {
    return this.once(10) ? this.pick(list) : list[0]!
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + sum) | 0
    return sum >>> 0
  }
}
