import type { Coders } from './coder.ts'

/**
 * The compressors of a runtime without `node:zlib`. A `CompressionStream` cannot be flushed: it would hold back the chunks
 * of a stream until more arrive. So only whole bodies are compressed.
 */
export const webCoders: Coders = {
  encodings: ['gzip'],
  async whole(body) {
    const compressed = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
    return new Uint8Array(await new Response(compressed).arrayBuffer())
  },
  create: undefined,
}
