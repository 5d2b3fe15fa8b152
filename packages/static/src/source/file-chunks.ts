import { closeSync } from 'node:fs'
import { CHUNK_SIZE, readFully } from './read-fully.ts'

/**
 * Reads part of an open file chunk by chunk, and closes it at the end, on an error and on `return()`.
 *
 * An object of its own, because a generator that was never started does not run its `finally`.
 */
export class FileChunks implements AsyncIterableIterator<Uint8Array<ArrayBuffer>, undefined> {
  readonly #descriptor: number
  readonly #end: number
  readonly #isCurrent: () => boolean
  #position: number
  #reading: Promise<unknown> | undefined
  #isClosed = false

  /** @param isCurrent Reports whether the file is still the version whose length and tag were sent. */
  constructor(descriptor: number, start: number, end: number, isCurrent: () => boolean) {
    this.#descriptor = descriptor
    this.#position = start
    this.#end = end
    this.#isCurrent = isCurrent
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array<ArrayBuffer>, undefined>> {
    if (this.#isClosed) return { done: true, value: undefined }
    try {
      const to = Math.min(this.#position + CHUNK_SIZE, this.#end)
      const reading = readFully(this.#descriptor, this.#position, to)
      this.#reading = reading
      const value = await reading
      this.#reading = undefined
      if (this.#isClosed) return { done: true, value: undefined }
      if (!this.#isCurrent())
        throw new Error('The file was changed while it was sent, so the response is cut off')
      this.#position = to
      if (to === this.#end) this.#close()
      return { done: false, value }
    } catch (error) {
      this.#reading = undefined
      this.#close()
      throw error
    }
  }

  async return(): Promise<IteratorResult<Uint8Array<ArrayBuffer>, undefined>> {
    const isOpen = !this.#isClosed
    this.#isClosed = true
    // The descriptor may belong to another file as soon as it is closed.
    await this.#reading?.catch(() => {})
    if (isOpen) closeSync(this.#descriptor)
    return { done: true, value: undefined }
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    closeSync(this.#descriptor)
  }
}
