/** What the application streams. Each source notes that it was left, however that came. */
import type { ServerSentEvent } from '@tsgi/core'
import { pattern } from './bytes.ts'
import { note, noted, sleep } from './notes.ts'

/** One chunk now, and another when the suite says so. */
export async function* held(id: string, signal: AbortSignal): AsyncGenerator<string> {
  try {
    yield 'first '
    await noted(id, 'go', signal)
    yield 'last'
  } finally {
    note(id, 'left')
  }
}

/** Numbers without end; it hears of nothing but its own `return()`. */
export async function* endless(id: string): AsyncGenerator<string> {
  try {
    for (let n = 0; ; n++) {
      yield `${n} `
      await sleep(1)
    }
  } finally {
    note(id, 'left')
  }
}

/** Far more than the buffers on the way to a client hold. */
export function* flood(id: string): Generator<Uint8Array> {
  for (const chunk of pattern(FLOOD)) {
    note(id, 'chunk')
    yield chunk
  }
}

export const FLOOD = 32 * 2 ** 20

/** Fails when a part of it is under way. */
export async function* failing(id: string): AsyncGenerator<string> {
  yield 'first '
  await noted(id, 'go')
  throw new Error('failed in mid-stream')
}

/** Events from where a client that comes again has got to, and the next one when the suite says so. */
export async function* events(
  id: string,
  last: string | null,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  try {
    const n = Number(last ?? 0) + 1
    yield { event: 'tick', id: String(n), data: 'two\nlines' }
    await noted(id, 'go', signal)
    yield { event: 'tick', id: String(n + 1), data: 'the last' }
  } finally {
    note(id, 'left')
  }
}
