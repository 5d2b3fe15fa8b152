import { type Environ, HttpError, readChunks } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
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
  /** The part that is being parsed. */
  #part: IncomingPart | undefined
  /** The part that may be read. */
  #readable: IncomingPart | undefined
  /** A read of a part that has not ended. The next part may be requested before that. */
  #reading: Promise<unknown> | undefined
  #isReading = false
  /** Bytes of the current part that were read ahead. */
  #ahead: Bytes | undefined
  #isEmpty = true
  #isOver = false
  #isClosed = false
  #failure: { readonly error: unknown } | undefined

  constructor(environ: Environ, boundary: string, limits: Limits<FormLimits>, declared?: DeclaredLimits) {
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
  async next(): Promise<IncomingPart | undefined> {
    this.#readable = undefined
    if (this.#isReading) await this.#reading?.catch(() => {})
    this.#ahead = undefined
    while (this.#part !== undefined) this.#poll() ?? (await this.#advance())
    while ((this.#poll() ?? (await this.#advance())) !== undefined) {
      const part = this.#part as IncomingPart | undefined
      if (part === undefined) continue
      if (part.filename !== undefined && (await this.#isLeftOut(part))) continue
      this.#readable = part
      return part
    }
    return undefined
  }

  read(part: IncomingPart): Promise<Bytes | undefined> {
    const reading = this.#read(part)
    this.#reading = reading
    return reading
  }

  readAll(part: IncomingPart): Promise<Bytes[]> {
    const reading = this.#readAll(part)
    this.#reading = reading
    return reading
  }

  /** Stops reading. */
  close(): void {
    this.#isClosed = true
    this.#readable = undefined
    // Not awaited: it would wait for a read that has not ended.
    if (!this.#isOver) this.#chunks.return().catch(() => {})
  }

  async #read(part: IncomingPart): Promise<Bytes | undefined> {
    this.#beginReading(part)
    try {
      const event = this.#takeAhead() ?? this.#poll() ?? (await this.#advance())
      return event instanceof Uint8Array ? event : undefined
    } finally {
      this.#isReading = false
    }
  }

  async #readAll(part: IncomingPart): Promise<Bytes[]> {
    this.#beginReading(part)
    const chunks: Bytes[] = []
    try {
      for (;;) {
        const event = this.#takeAhead() ?? this.#poll() ?? (await this.#advance())
        if (!(event instanceof Uint8Array)) return chunks
        chunks.push(event)
      }
    } finally {
      this.#isReading = false
    }
  }

  #beginReading(part: IncomingPart): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (part !== this.#readable) {
      const reason = this.#isClosed ? 'the form is no longer being read' : 'the next part was requested'
      throw new TypeError(`${part.label} cannot be read because ${reason}`)
    }
    this.#isReading = true
  }

  #takeAhead(): Bytes | undefined {
    const ahead = this.#ahead
    this.#ahead = undefined
    return ahead
  }

  /** Reports whether a part is a file input without a file. Otherwise, counts it if it is a file. */
  async #isLeftOut(part: IncomingPart): Promise<boolean> {
    if (part.filename === '') {
      const event = this.#poll() ?? (await this.#advance())
      if (!(event instanceof Uint8Array)) return true
      this.#ahead = event
    }
    this.#quota.addFile(part)
    return false
  }

  /** Waits for the next event; undefined at the end of the form. */
  async #advance(): Promise<PartEvent | undefined> {
    for (;;) {
      const event = this.#poll()
      if (event !== undefined || this.#isOver) return event
      const { done, value } = await this.#chunks.next().catch((error) => this.#fail(error))
      if (!done) this.#parser.write(value)
      else if (!this.#isEmpty) this.#parser.end()
      this.#isOver = done === true
      this.#isEmpty &&= this.#isOver
    }
  }

  /** Returns the next event if its bytes have arrived. */
  #poll(): PartEvent | undefined {
    if (this.#failure !== undefined) throw this.#failure.error
    try {
      const event = this.#parser.next()
      if (event instanceof Uint8Array) this.#quota.addBytes(this.#part!, event.byteLength)
      else if (event === 'end') this.#part = undefined
      else if (event !== undefined) this.#part = this.#begin(event)
      return event
    } catch (error) {
      return this.#fail(error)
    }
  }

  #begin(headers: PartHeaders): IncomingPart {
    this.#quota.addField()
    const disposition = parseDisposition(headers.get('content-disposition') ?? '')
    if (disposition === undefined) {
      throw new HttpError(400, 'A part of the form has no name or a malformed Content-Disposition.')
    }
    const part = new IncomingPart(disposition, headers, this)
    checkEncoding(part)
    return part
  }

  #fail(error: unknown): never {
    this.#failure ??= { error }
    throw error
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
