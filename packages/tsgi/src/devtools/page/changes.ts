import { once } from 'node:events'
import type { ServerSentEvent } from '@tsgi/core'
import type { Recorder } from '../record/recorder.ts'

/** Yields the version of the lists now and after each change, until the signal aborts. */
export async function* changes(recorder: Recorder, signal: AbortSignal): AsyncGenerator<ServerSentEvent> {
  let version = recorder.version
  yield { data: version, retry: RETRY_MS }
  while (!signal.aborted) {
    try {
      if (version === recorder.version) await once(recorder, 'change', { signal })
    } catch {
      return
    }
    version = recorder.version
    yield { data: version }
  }
}

/** How long a browser waits before it connects again, after a restart. In milliseconds. */
const RETRY_MS = 500
