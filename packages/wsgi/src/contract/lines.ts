import type { WsgiInput } from './types.ts'

/** Yields the remaining lines of `wsgi.input`. */
export async function* linesOf(input: WsgiInput): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const line = await input.readline()
    if (line.byteLength === 0) return
    yield line
  }
}
