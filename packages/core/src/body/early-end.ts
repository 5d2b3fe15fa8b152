/** Ends the source of a body early and cleanly. Resolves when the source has ended. */
export type End = () => Promise<void>

const ends = new WeakMap<ReadableStream, End>()

/** Records how to end the source of a stream early. */
export function setEnd(stream: ReadableStream, end: End | undefined): void {
  if (end !== undefined) ends.set(stream, end)
}

/** Returns the function that ends the source of a stream early; undefined if it cannot end early. */
export function endOf(stream: ReadableStream): End | undefined {
  return ends.get(stream)
}
