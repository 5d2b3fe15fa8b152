/**
 * What is downloaded: made while it is sent, as no program has a gigabyte at hand.
 */

const chunkSize = 64 * 1024

/** How many chunks make a gigabyte (2^30 bytes). */
export const chunkCount = 2 ** 30 / chunkSize

/** Each chunk is memory of its own: what a contender takes before its client wants it can be seen. */
export async function* chunks(): AsyncGenerator<Buffer> {
  for (let index = 0; index < chunkCount; index++) yield Buffer.alloc(chunkSize, index & 0xff)
}
