import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { bytes, type Environ, empty, HttpError } from '@tsgi/core'
import { evaluatePreconditions, preferredEncoding } from '@tsgi/core/http'

const COMPRESS = {
  br: (content: Uint8Array) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (content: Uint8Array) => promisify(gzip)(content, { level: 9 }),
}
type Encoding = keyof typeof COMPRESS
const ENCODINGS = Object.keys(COMPRESS) as Encoding[]

/** A file in memory that is compressed once, at the first request for it. */
export class Asset {
  /** The beginning of the SHA-256 of the content, in hex. */
  readonly hash: string
  readonly #content: Uint8Array<ArrayBuffer>
  readonly #type: string
  readonly #compressed = new Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>()

  constructor(content: string | Uint8Array, type: string) {
    this.#content = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
    this.#type = type
    this.hash = createHash('sha256').update(this.#content).digest('hex').slice(0, 16)
  }

  /** @throws HttpError 412 if a precondition of the request fails. */
  async respond(environ: Environ, headers: Readonly<Record<string, string>>): Promise<Response> {
    const encoding = preferredEncoding(environ.headers.get('accept-encoding'), ENCODINGS)
    // Two codings of a file never have the same tag (RFC 9110 §8.8.3).
    const etag = encoding === undefined ? `"${this.hash}"` : `"${this.hash}-${encoding}"`
    const fields = { ...headers, etag, vary: 'Accept-Encoding' }
    const status = evaluatePreconditions(environ, { etag })
    if (status === 412) throw new HttpError(412)
    if (status === 304) return empty(304, { headers: fields })
    const coding = encoding && { 'content-encoding': encoding }
    const content = encoding === undefined ? this.#content : await this.#compress(encoding)
    return bytes(content, { headers: { ...fields, ...coding, 'content-type': this.#type } })
  }

  #compress(encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#compressed.get(encoding)
    if (known !== undefined) return known
    const compressed = COMPRESS[encoding](this.#content)
    this.#compressed.set(encoding, compressed)
    return compressed
  }
}
