/** A content coding that `compress` can apply. */
export type CompressEncoding = 'zstd' | 'br' | 'gzip'

/** The parameters of one compression. */
export interface CoderSettings {
  readonly encoding: CompressEncoding
  readonly level: number
  /** Number of bytes that will be compressed, if known. */
  readonly size?: number | undefined
  /** Whether to save memory, because the stream stays open for long. */
  readonly isLongLived?: boolean
}

/** Compresses a stream, one chunk after another. */
export interface Coder {
  /** Compresses a chunk. Its output may only come with a later one. */
  write(chunk: Uint8Array): Promise<void>
  /** Puts out everything that was written. */
  flush(): Promise<void>
  /** Puts out everything that was written, and the end of the compressed data. */
  end(): Promise<void>
  /** Returns the next chunk of the output, if there is one. */
  take(): Uint8Array | undefined
  /** Frees the memory, after a pending call has settled. */
  destroy(): void
}

export type CompressedBytes = Uint8Array<ArrayBuffer>

/** The compressors of a runtime. */
export interface Coders {
  readonly encodings: readonly CompressEncoding[]
  /** Compresses a whole body. */
  whole(
    body: string | Uint8Array<ArrayBuffer>,
    settings: CoderSettings,
  ): CompressedBytes | Promise<CompressedBytes>
  /** Creates a compressor of a stream; undefined if the runtime has none that can be flushed. */
  readonly create: ((settings: CoderSettings) => Coder) | undefined
}
