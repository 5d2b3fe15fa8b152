/** What the application streams. Each source leaves a note when it ends, for whatever reason. */
import type { ServerSentEvent } from '@tsgi/core'
import { pattern } from './bytes.ts'
import { note, noted, sleep } from './notes.ts'

/** Yields one chunk immediately and another when the suite asks for it. */
export async function* held(id: string, signal: AbortSignal): AsyncGenerator<string> {
  try {
    yield 'first '
    await noted(id, 'go', signal)
    yield 'last'
  } finally {
    note(id, 'left')
  }
}

/** Yields numbers until `return()` is called. */
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

/** Yields far more than fits into the buffers on the way to a client. */
export function* flood(id: string): Generator<Uint8Array> {
  for (const chunk of pattern(FLOOD)) {
    note(id, 'chunk')
    yield chunk
  }
}

export const FLOOD = 32 * 2 ** 20

/** Fails after the first chunk. */
export async function* failing(id: string): AsyncGenerator<string> {
  yield 'first '
  await noted(id, 'go')
  throw new Error('failed while streaming')
}

/** Yields the event after the last one that the client has seen, and the next when the suite asks for it. */
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
