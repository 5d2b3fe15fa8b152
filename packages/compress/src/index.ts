/**
 * Compression of responses: `compress()` applies zstd, Brotli or gzip to bodies and streams, and adjusts the header fields
 * that describe them.
 */
export type { CompressEncoding } from './coders/coder.ts'
export { compress } from './compress.ts'
export type { CompressOptions } from './options.ts'
