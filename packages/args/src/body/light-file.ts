/**
 * A light `File` for Node: it keeps the chunks in which a file came until someone asks for its bytes, and joins them
 * then, once. Node's own wants them joined, copies them when it is made, and copies them again when it is read.
 *
 * It is a `File` of Node's that is empty but for two of its internals: what holds the bytes, and how many there are.
 * Whatever reads a `File` in a way that is not written out here, be it `new Blob([file])`, `structuredClone(file)` or
 * a member of a later Node, reaches for the former, and then a real `Blob` is made. Where a runtime's `File` has no
 * such internals, there is no light one. No global is changed.
 */

/** Bytes of a file, none of them empty; nobody is to change them. */
export type Chunks = readonly Uint8Array<ArrayBuffer>[]

type MakeFile = (chunks: Chunks, name: string, type: string) => File

/** What of a `File` of Node's holds its bytes, and their number. */
interface Internals {
  readonly handle: symbol
  readonly length: symbol
}

let makeFile: MakeFile | undefined

/** A `File` of these chunks, changed just now; the lightest that this runtime has. */
export function lightFile(chunks: Chunks, name: string, type: string): File {
  makeFile ??= fileMaker()
  return makeFile(chunks, name, type)
}

function fileMaker(): MakeFile {
  const internals = findInternals()
  if (internals === undefined) return (chunks, name, type) => new File([...chunks], name, { type })
  const LightFile = defineLightFile(internals)
  return (chunks, name, type) => new LightFile(chunks, name, type)
}

function findInternals(): Internals | undefined {
  const symbols = Object.getOwnPropertySymbols(new File([], ''))
  const handle = symbols.find(({ description }) => description === 'kHandle')
  const length = symbols.find(({ description }) => description === 'kLength')
  return handle && length && { handle, length }
}

function defineLightFile({ handle, length }: Internals): new (...args: Parameters<MakeFile>) => File {
  class LightFile extends File {
    readonly #size: number
    readonly #type: string
    /** The bytes, until `#real` is made of them. */
    #chunks: Chunks | undefined
    #real: Blob | undefined

    constructor(chunks: Chunks, name: string, type: string) {
      super([], name, { type })
      this.#size = chunks.reduce((size, chunk) => size + chunk.byteLength, 0)
      this.#type = normalType(type)
      this.#chunks = chunks
    }

    get [handle](): unknown {
      if (this.#real === undefined) {
        this.#real = new Blob(this.#chunks as Uint8Array<ArrayBuffer>[])
        this.#chunks = undefined
      }
      return Reflect.get(this.#real, handle)
    }

    /** What the constructor of `File` sets is that of the empty file. */
    set [handle](_: unknown) {}

    get [length](): number {
      return this.#size
    }

    set [length](_: number) {}

    // Node's own look whether there is a handle.
    override get size(): number {
      return this.#size
    }

    override get type(): string {
      return this.#type
    }

    override async arrayBuffer(): Promise<ArrayBuffer> {
      return this.#chunks === undefined ? super.arrayBuffer() : joined(this.#chunks, this.#size).buffer
    }

    override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
      return this.#chunks === undefined ? super.bytes() : joined(this.#chunks, this.#size)
    }

    override async text(): Promise<string> {
      return this.#chunks === undefined
        ? super.text()
        : new TextDecoder().decode(joined(this.#chunks, this.#size))
    }

    override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
      return this.#chunks === undefined ? super.stream() : streamOf(this.#chunks)
    }

    override slice(start: number = 0, end: number = this.#size, type: string = ''): Blob {
      if (this.#chunks === undefined || !Number.isSafeInteger(start) || !Number.isSafeInteger(end)) {
        return super.slice(start, end, type)
      }
      return new Blob(between(this.#chunks, fromStart(start, this.#size), fromStart(end, this.#size)), {
        type,
      })
    }
  }
  Reflect.deleteProperty(LightFile.prototype, 'constructor')
  return LightFile
}

/** File API §3.1 */
function normalType(type: string): string {
  return /[^ -~]/.test(type) ? '' : type.toLowerCase()
}

/** A copy, which its reader may change. */
function joined(chunks: Chunks, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function streamOf(chunks: Chunks): ReadableStream<Uint8Array<ArrayBuffer>> {
  let index = 0
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const chunk = chunks[index++]
      if (chunk === undefined) {
        controller.close()
        controller.byobRequest?.respond(0)
      } else {
        // A copy, which its reader may change or transfer.
        controller.enqueue(new Uint8Array(chunk))
      }
    },
  })
}

/** File API §3.3.1: a negative position counts from the end. */
function fromStart(position: number, size: number): number {
  return position < 0 ? Math.max(size + position, 0) : Math.min(position, size)
}

/** The bytes from one position up to another. */
function between(chunks: Chunks, from: number, to: number): Uint8Array<ArrayBuffer>[] {
  const found: Uint8Array<ArrayBuffer>[] = []
  let offset = 0
  for (const chunk of chunks) {
    const part = chunk.subarray(Math.max(from - offset, 0), Math.max(to - offset, 0))
    if (part.byteLength > 0) found.push(part)
    offset += chunk.byteLength
  }
  return found
}
