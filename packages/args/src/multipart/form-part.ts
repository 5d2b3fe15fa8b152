import { HttpError } from '@tsgi/core'

export type Bytes = Uint8Array<ArrayBuffer>

/** A part of a multipart form. Its body arrives while you read it. */
export interface FormPart {
  /** The name of the field. */
  readonly name: string
  /**
   * The name of the file; `undefined` if the part is not a file. The client chooses it, and it can contain anything, such as
   * `../` or control characters. Never use it as a path.
   */
  readonly filename: string | undefined
  /**
   * The media type, chosen by the client, in lower case as in a `File`; `text/plain` if the part has none, `''` if it has
   * control characters.
   */
  readonly type: string
  /** The headers of the part, with names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /**
   * The bytes of the part. The client is read no faster than this stream. It fails if the client disconnects, if a limit is
   * exceeded, or if the next part was requested in the meantime.
   */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>
  /** Reads the whole part into memory. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  /** Reads the whole part as UTF-8. Rejects with 400 if it is not valid. */
  text(): Promise<string>
}

/** A part that is a file. */
export interface FilePart extends FormPart {
  readonly filename: string
}

/** Reads the body that a part belongs to. */
export interface PartSource {
  /** Returns the next bytes of a part; undefined at its end. */
  read(part: IncomingPart): Promise<Bytes | undefined>
  readAll(part: IncomingPart): Promise<Bytes[]>
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The part of a form that is arriving. */
export class IncomingPart implements FormPart {
  readonly name: string
  readonly filename: string | undefined
  readonly headers: ReadonlyMap<string, string>
  /** The number of bytes that have been read. */
  size = 0
  readonly #source: PartSource
  #body: ReadableStream<Bytes> | undefined
  #isRead = false

  constructor(
    { name, filename }: Pick<FormPart, 'name' | 'filename'>,
    headers: ReadonlyMap<string, string>,
    source: PartSource,
  ) {
    this.name = name
    this.filename = filename
    this.headers = headers
    this.#source = source
  }

  get type(): string {
    const type = this.headers.get('content-type') ?? 'text/plain'
    return /^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : ''
  }

  /** The part in an error message. */
  get label(): string {
    return labelOf(this.name, this.filename)
  }

  get body(): ReadableStream<Bytes> {
    if (this.#body === undefined) {
      this.#claim()
      const pull = async (controller: ReadableStreamDefaultController<Bytes>) => {
        const bytes = await this.#source.read(this)
        if (bytes === undefined) controller.close()
        else controller.enqueue(bytes)
      }
      this.#body = new ReadableStream({ pull }, { highWaterMark: 0 })
    }
    return this.#body
  }

  async bytes(): Promise<Bytes> {
    const chunks = await this.#readAll()
    return chunks.length === 1 ? chunks[0]! : joined(chunks)
  }

  async text(): Promise<string> {
    const chunks = await this.#readAll()
    const bytes = chunks.length === 1 ? chunks[0] : await joined(chunks)
    try {
      return decoder.decode(bytes)
    } catch (cause) {
      throw new HttpError(400, `${this.label} is not valid UTF-8.`, { cause })
    }
  }

  /** Reads the whole part into a `File`. */
  async file(): Promise<File> {
    return new File(await this.#readAll(), this.filename ?? '', { type: this.type })
  }

  #readAll(): Promise<Bytes[]> {
    this.#claim()
    return this.#source.readAll(this)
  }

  #claim(): void {
    if (this.#isRead) throw new TypeError(`${this.label} was read before`)
    this.#isRead = true
  }
}

function joined(chunks: Bytes[]): Promise<Bytes> {
  return new Blob(chunks).bytes()
}

/** Describes a part for an error message. */
export function labelOf(name: string, filename?: string): string {
  const quoted = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…`.toWellFormed() : name)
  return filename === undefined ? `The field ${quoted}` : `The file in ${quoted}`
}
