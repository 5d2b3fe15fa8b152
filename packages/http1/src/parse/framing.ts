import { HttpError } from '@tsgi/core'
import { listElements } from '@tsgi/core/http'

/** The length of a chunked body. */
export const CHUNKED = -1

/**
 * Reads from the fields of a request where its body ends and whether the connection stays open. Rejects whatever two
 * recipients could read differently, because request smuggling depends on it (RFC 9112 §11.2).
 */
export class Framing {
  host: string | undefined
  hasUpgrade = false
  #length: number | undefined
  #isChunked = false
  #close = false
  #keepAlive = false
  #expects = false

  /**
   * Adds one field. The value has no surrounding white space.
   *
   * @throws HttpError if it is malformed, or there is already one.
   */
  add(field: FramingField, value: string): void {
    switch (field) {
      case 'host':
        if (this.host !== undefined) throw new HttpError(400, 'The request has more than one Host field.')
        this.host = value
        break
      case 'content-length':
        if (this.#length !== undefined) {
          throw new HttpError(400, 'The request has more than one Content-Length.')
        }
        if (this.#isChunked) throw ambiguous()
        // RFC 9110 §8.6: 1*DIGIT. No sign, no list, and no number that is not exact.
        if (!/^\d+$/.test(value)) throw new HttpError(400, 'The Content-Length is malformed.')
        if (value.length > MAX_DIGITS) throw new HttpError(400, 'The Content-Length is too long.')
        this.#length = Number(value)
        break
      case 'transfer-encoding':
        if (this.#isChunked) {
          throw new HttpError(400, 'The request has more than one Transfer-Encoding.')
        }
        checkCoding(value.toLowerCase())
        if (this.#length !== undefined) throw ambiguous()
        this.#isChunked = true
        break
      case 'connection':
      // Not standardized, but node:http and old clients use it.
      case 'proxy-connection':
        this.#addOptions(value.toLowerCase())
        break
      case 'expect':
        if (this.#expects || value.toLowerCase() !== '100-continue') {
          throw new HttpError(417, 'The only supported expectation is 100-continue.')
        }
        this.#expects = true
        break
      case 'upgrade':
        this.hasUpgrade = true
    }
  }

  #addOptions(value: string): void {
    if (value === 'keep-alive') {
      this.#keepAlive = true
      return
    }
    for (const name of listElements(value)) {
      if (name === 'close') this.#close = true
      else if (name === 'keep-alive') this.#keepAlive = true
    }
  }

  /**
   * Returns the length of the body in bytes, or {@link CHUNKED} (RFC 9112 §6.3).
   *
   * @throws HttpError if the fields contradict each other, or `Host` is missing.
   */
  bodyLength(minorVersion: 0 | 1): number {
    if (minorVersion === 1 && this.host === undefined) {
      throw new HttpError(400, 'The request has no Host field.')
    }
    if (!this.#isChunked) return this.#length ?? 0
    if (minorVersion === 0) throw new HttpError(400, 'Transfer-Encoding is not part of HTTP/1.0.')
    return CHUNKED
  }

  keepAlive(minorVersion: 0 | 1): boolean {
    return !this.#close && (minorVersion === 1 || this.#keepAlive)
  }

  /** RFC 9110 §10.1.1: ignored in HTTP/1.0. */
  expectsContinue(minorVersion: 0 | 1): boolean {
    return this.#expects && minorVersion === 1
  }
}

const MAX_DIGITS = 15

function ambiguous(): HttpError {
  return new HttpError(400, 'The request has both Content-Length and Transfer-Encoding.')
}

function checkCoding(coding: string): void {
  if (coding === 'chunked') return
  if (/(?:^|[\t ,])chunked$/.test(coding)) {
    throw new HttpError(501, 'The only transfer coding that is understood is chunked.')
  }
  throw notChunked()
}

export function notChunked(): HttpError {
  return new HttpError(400, 'The last transfer coding is not chunked.')
}

const NAMES = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'expect',
  'upgrade',
] as const

/** A field about the framing of a request or its connection. */
export type FramingField = (typeof NAMES)[number]

/** The fields by the length of their names, which all differ. */
const byLength: ({ readonly name: FramingField; readonly bytes: Uint8Array } | undefined)[] = []
for (const name of NAMES) byLength[name.length] = { name, bytes: Buffer.from(name) }

/** Returns the field whose name is in these bytes, ignoring case, without creating a string. */
export function framingField(bytes: Uint8Array, start: number, end: number): FramingField | undefined {
  const candidate = byLength[end - start]
  if (candidate === undefined) return undefined
  for (let at = start, n = 0; at < end; at++, n++) {
    // Changes the case of a letter. No other byte of a token becomes a letter of these names.
    if ((bytes[at]! | 0x20) !== candidate.bytes[n]) return undefined
  }
  return candidate.name
}
