/**
 * The data to download, generated while it is sent.
 */

const chunkSize = 64 * 1024

/** Number of chunks in a gigabyte (2^30 bytes). */
export const chunkCount = 2 ** 30 / chunkSize

/** Each chunk is newly allocated, so that buffering shows in the memory of the process. */
export async function* chunks(): AsyncGenerator<Buffer> {
  for (let index = 0; index < chunkCount; index++) yield Buffer.alloc(chunkSize, index & 0xff)
}
