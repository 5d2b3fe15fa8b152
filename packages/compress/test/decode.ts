import type { Transform } from 'node:stream'
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createZstdDecompress,
  gunzipSync,
  zstdDecompressSync,
} from 'node:zlib'

const whole = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync }
const streaming: Record<string, () => Transform> = {
  gzip: createGunzip,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** Returns the bytes of a response after its content coding is removed. */
export async function decodedBytes(response: Response): Promise<Uint8Array> {
  const bytes = await response.bytes()
  const encoding = response.headers.get('content-encoding') as keyof typeof whole | null
  return encoding === null ? bytes : whole[encoding](bytes)
}

export async function decodedText(response: Response): Promise<string> {
  return new TextDecoder().decode(await decodedBytes(response))
}

/** Decodes a body as it arrives. */
export class StreamingDecoder {
  /** Everything that was decoded so far. */
  text = ''
  readonly #read: () => Promise<Uint8Array | undefined>
  readonly #decoder: Transform

  /** @param read Returns the next chunk; undefined at the end. */
  constructor(encoding: string | null, read: () => Promise<Uint8Array | undefined>) {
    this.#read = read
    this.#decoder = streaming[encoding ?? '']!()
    this.#decoder.on('data', (chunk: Buffer) => {
      this.text += chunk.toString()
    })
  }

  static of(response: Response): StreamingDecoder {
    const reader = response.body!.getReader()
    return new StreamingDecoder(
      response.headers.get('content-encoding'),
      async () => (await reader.read()).value,
    )
  }

  /** Reads until the decoded text ends with `end`. */
  async until(end: string): Promise<string> {
    while (!this.text.endsWith(end)) {
      const chunk = await this.#read()
      if (chunk === undefined) throw new Error(`The body ended after ${JSON.stringify(this.text)}`)
      await new Promise<void>((resolve) => this.#decoder.write(chunk, () => resolve()))
    }
    return this.text
  }
}
