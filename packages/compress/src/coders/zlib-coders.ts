import type * as Zlib from 'node:zlib'
import type { Coder, CoderSettings, Coders, CompressedBytes } from './coder.ts'
import { ZlibCoder } from './zlib-coder.ts'

/**
 * Base-2 logarithm of the window of a stream: 512 KiB, because each client that reads slowly keeps one in memory. Clients
 * support up to 8 MiB (RFC 9659).
 */
const WINDOW = 19

/** The same for a stream that stays open for long, with small tables. It needs a sixth of the memory. */
const SMALL_WINDOW = 17
const SMALL_HASH = 13
const SMALL_CHAIN = 12

/** Returns the compressors of a runtime that has `node:zlib`: Node, Bun, Deno and Workers. */
export function zlibCoders(zlib: typeof Zlib): Coders {
  const { constants } = zlib

  function brotliOptions({ level, size, isLongLived }: CoderSettings): Zlib.BrotliOptions {
    const params: Record<number, number> = { [constants.BROTLI_PARAM_QUALITY]: level }
    if (size !== undefined) params[constants.BROTLI_PARAM_SIZE_HINT] = size
    params[constants.BROTLI_PARAM_LGWIN] = isLongLived ? SMALL_WINDOW : WINDOW
    return { params }
  }

  function zstdOptions({ level, size, isLongLived }: CoderSettings): Zlib.ZstdOptions {
    const params: Record<number, number> = { [constants.ZSTD_c_compressionLevel]: level }
    params[constants.ZSTD_c_windowLog] = isLongLived ? SMALL_WINDOW : WINDOW
    if (isLongLived) {
      params[constants.ZSTD_c_hashLog] = SMALL_HASH
      params[constants.ZSTD_c_chainLog] = SMALL_CHAIN
    }
    return size === undefined ? { params } : { params, pledgedSrcSize: size }
  }

  function whole(body: string | Uint8Array<ArrayBuffer>, settings: CoderSettings): CompressedBytes {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const sized = { ...settings, size: bytes.byteLength }
    if (settings.encoding === 'gzip') return zlib.gzipSync(bytes, { level: settings.level })
    if (settings.encoding === 'br') return zlib.brotliCompressSync(bytes, brotliOptions(sized))
    return zlib.zstdCompressSync(bytes, zstdOptions(sized))
  }

  function create(settings: CoderSettings): Coder {
    if (settings.encoding === 'gzip') {
      return new ZlibCoder(zlib.createGzip({ level: settings.level }), constants.Z_SYNC_FLUSH)
    }
    if (settings.encoding === 'br') {
      const stream = zlib.createBrotliCompress(brotliOptions(settings))
      return new ZlibCoder(stream, constants.BROTLI_OPERATION_FLUSH)
    }
    return new ZlibCoder(zlib.createZstdCompress(zstdOptions(settings)), constants.ZSTD_e_flush)
  }

  return { encodings: ['zstd', 'br', 'gzip'], whole, create }
}
