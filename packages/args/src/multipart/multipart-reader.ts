import { type Environ, HttpError, readChunks } from '@tsgi/core'
import { parseDisposition } from '../headers/content-disposition.ts'
import { isUtf8, parseContentType } from '../headers/content-type.ts'
import { type Bytes, IncomingPart, type PartSource } from './form-part.ts'
import { type DeclaredLimits, FormQuota } from './form-quota.ts'
import type { FormLimits } from './limits.ts'
import { MultipartParser, type PartEvent, type PartHeaders } from './multipart-parser.ts'

/**
 * Reads the parts of a `multipart/form-data` body one after the other (RFC 7578). Leaves out file inputs without a file.
 *
 * Rejects with 400 if the body is malformed or cut off, 413 if a limit is exceeded, and 415 if a field has a charset other
 * than UTF-8 or a transfer encoding. After that, every call rejects with the same error.
 */
export class MultipartReader implements PartSource {
  readonly #quota: FormQuota
  readonly #chunks: AsyncGenerator<Bytes, void>
  readonly #parser: MultipartParser
  #part: IncomingPart | undefined
  /** Bytes of the current part that were read ahead. */
  #ahead: Bytes | undefined
  #isEmpty = true
  #isOver = false
  #failure: { readonly error: unknown } | undefined
  /** The last call. A stream may still be read when the next part is requested, so each call waits for the one before. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(environ: Environ, boundary: string, limits: Required<FormLimits>, declared?: DeclaredLimits) {
    this.#quota = new FormQuota(limits, declared)
    this.#chunks = readChunks(environ, this.#quota.maxTotal)
    this.#parser = new MultipartParser(boundary, limits.maxPartHeaderSize)
  }

  /** Whether the body has ended without a single byte. */
  get isEmpty(): boolean {
    return this.#isEmpty && this.#isOver
  }

  /** The reason why the body cannot be read any further. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  /** Skips the rest of the current part and returns the next one; undefined at the end of the form. */
  next(): Promise<IncomingPart | undefined> {
    return this.#inTurn(undefined, async () => {
      while (this.#part !== undefined) await this.#readPart(this.#part)
      for (;;) {
        const headers = await this.#nextEvent()
        if (headers === undefined) return undefined
        const part = this.#begin(headers as PartHeaders)
        if (!(await this.#isLeftOut(part))) return part
      }
    })
  }

  read(part: IncomingPart): Promise<Bytes | undefined> {
    return this.#inTurn(part, () => this.#readPart(part))
  }

  readAll(part: IncomingPart): Promise<Bytes[]> {
    return this.#inTurn(part, async () => {
      const chunks: Bytes[] = []
      for (let bytes = await this.#readPart(part); bytes; bytes = await this.#readPart(part))
        chunks.push(bytes)
      return chunks
    })
  }

  /** Stops reading. */
  close(): void {
    this.#failure ??= { error: new TypeError('The form is no longer being read') }
    // Not awaited: it would wait for a read that has not ended.
    this.#chunks.return().catch(() => {})
  }

  /** @param part The part that must be the current one. */
  #inTurn<T>(part: IncomingPart | undefined, operation: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(async () => {
      if (this.#failure !== undefined) throw this.#failure.error
      if (part !== undefined && part !== this.#part) {
        throw new TypeError(`${part.label} was skipped because the next part was requested`)
      }
      try {
        return await operation()
      } catch (error) {
        this.#failure ??= { error }
        throw error
      }
    })
    this.#turn = result.catch(() => {})
    return result
  }

  #begin(headers: PartHeaders): IncomingPart {
    this.#quota.addField()
    const disposition = parseDisposition(headers.get('content-disposition') ?? '')
    if (disposition === undefined) {
      throw new HttpError(400, 'A part of the form has no name or a malformed Content-Disposition.')
    }
    const part = new IncomingPart(disposition, headers, this)
    checkEncoding(part)
    this.#part = part
    return part
  }

  /** Reports whether a part is a file input without a file. Otherwise, counts it if it is a file. */
  async #isLeftOut(part: IncomingPart): Promise<boolean> {
    if (part.filename === undefined) return false
    if (part.filename === '') {
      this.#ahead = await this.#readPart(part)
      if (this.#ahead === undefined) return true
    }
    this.#quota.addFile(part)
    return false
  }

  /** Returns the next bytes of the current part; undefined at its end. */
  async #readPart(part: IncomingPart): Promise<Bytes | undefined> {
    const ahead = this.#ahead
    this.#ahead = undefined
    if (ahead !== undefined) return ahead
    const event = await this.#nextEvent()
    if (event instanceof Uint8Array) {
      this.#quota.addBytes(part, event.byteLength)
      return event
    }
    this.#part = undefined
    return undefined
  }

  async #nextEvent(): Promise<PartEvent | undefined> {
    for (;;) {
      const event = this.#parser.next()
      if (event !== undefined || this.#isOver) return event
      const { done, value } = await this.#chunks.next()
      if (!done) this.#parser.write(value)
      else if (!this.#isEmpty) this.#parser.end()
      this.#isOver = done === true
      this.#isEmpty &&= this.#isOver
    }
  }
}

/** Rejects encodings that RFC 7578 §4.7 and §5.1 deprecate, because ignoring them would give wrong text and files. */
function checkEncoding({ filename, headers }: IncomingPart): void {
  const type = headers.get('content-type')
  if (filename === undefined && type !== undefined && !isUtf8(parseContentType(type).charset)) {
    throw new HttpError(415, 'The charset of a field of the form must be UTF-8.')
  }
  const encoding = headers.get('content-transfer-encoding')
  if (encoding !== undefined && !/^(?:7bit|8bit|binary)$/i.test(encoding)) {
    throw new HttpError(415, 'A part of the form must not have a Content-Transfer-Encoding.')
  }
}
