/**
 * What the fields of a request say of where its body ends and whether the connection goes on. Whatever two recipients
 * could read in two ways is refused: that is what request smuggling lives on (RFC 9112 §11.2).
 */
import { HttpError } from '@tsgi/core'
import { CHUNKED } from './request-head.ts'

export class Framing {
  host: string | undefined
  #length: number | undefined
  #coding: string | undefined
  #close = false
  #keepAlive = false
  #expects = false

  /** Takes one field, whose value has no blanks around it. */
  take(field: Concerned, value: string): void {
    switch (field) {
      case 'host':
        if (this.host !== undefined) throw new HttpError(400, 'The request has more than one Host field.')
        this.host = value
        break
      case 'content-length':
        if (this.#length !== undefined)
          throw new HttpError(400, 'The request has more than one Content-Length.')
        // RFC 9110 §8.6: 1*DIGIT. Neither a sign, nor a list, nor what no number holds exactly.
        if (!/^\d{1,15}$/.test(value)) throw new HttpError(400, 'The Content-Length is malformed.')
        this.#length = Number(value)
        break
      case 'transfer-encoding':
        if (this.#coding !== undefined)
          throw new HttpError(400, 'The request has more than one Transfer-Encoding.')
        this.#coding = value.toLowerCase()
        break
      case 'connection':
      // Of no standard, but node:http and old clients go by it.
      case 'proxy-connection':
        this.#connection(value.toLowerCase())
        break
      case 'expect':
        if (value.toLowerCase() !== '100-continue')
          throw new HttpError(417, 'The only expectation that can be met is 100-continue.')
        this.#expects = true
    }
  }

  #connection(value: string): void {
    if (value === 'keep-alive') this.#keepAlive = true
    else
      for (const option of value.split(',')) {
        if (option.trim() === 'close') this.#close = true
        else if (option.trim() === 'keep-alive') this.#keepAlive = true
      }
  }

  /** Bytes of the body; {@link CHUNKED} where its chunks say (RFC 9112 §6.3). */
  bodyLength(minorVersion: 0 | 1): number {
    if (minorVersion === 1 && this.host === undefined)
      throw new HttpError(400, 'The request has no Host field.')
    if (this.#coding === undefined) return this.#length ?? 0
    if (this.#length !== undefined)
      throw new HttpError(400, 'The request has both Content-Length and Transfer-Encoding.')
    if (minorVersion === 0) throw new HttpError(400, 'Transfer-Encoding is not part of HTTP/1.0.')
    if (this.#coding === 'chunked') return CHUNKED
    if (/(?:^|[\t ,])chunked$/.test(this.#coding))
      throw new HttpError(501, 'The only transfer coding that is understood is chunked.')
    throw new HttpError(400, 'The last transfer coding is not chunked.')
  }

  keepAlive(minorVersion: 0 | 1): boolean {
    return !this.#close && (minorVersion === 1 || this.#keepAlive)
  }

  /** RFC 9110 §10.1.1: of HTTP/1.0 it means nothing. */
  awaitsContinue(minorVersion: 0 | 1, bodyLength: number): boolean {
    return this.#expects && minorVersion === 1 && bodyLength !== 0
  }
}

const CONCERNED = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'expect',
] as const

/** A field that says something of the framing or of the connection. */
export type Concerned = (typeof CONCERNED)[number]

/** By the length of their names, which all differ. */
const byLength = new Map(CONCERNED.map((name) => [name.length, { name, bytes: Buffer.from(name) }]))

/** Which of them the name in these bytes is, whatever its case. It makes no string of a name to find out. */
export function concernedField(bytes: Uint8Array, start: number, end: number): Concerned | undefined {
  const candidate = byLength.get(end - start)
  if (candidate === undefined) return undefined
  for (let at = start, n = 0; at < end; at++, n++) {
    // The other case of a letter; of the other bytes of a token, none becomes one of these names.
    if ((bytes[at]! | 0x20) !== candidate.bytes[n]) return undefined
  }
  return candidate.name
}
