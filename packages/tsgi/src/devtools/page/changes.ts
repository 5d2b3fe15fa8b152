import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { ServerSentEvent } from '@tsgi/core'
import type { Recorder } from '../record/recorder.ts'

/** Yields the version of the lists now and after changes, until the signal aborts. */
export async function* changes(recorder: Recorder, signal: AbortSignal): AsyncGenerator<ServerSentEvent> {
  let version = recorder.version
  yield { data: version, retry: RETRY_MS }
  while (!signal.aborted) {
    try {
      // Each request makes several changes. An event for each would slow down the application.
      await setTimeout(PAUSE_MS, undefined, { signal })
      if (version === recorder.version) await once(recorder, 'change', { signal })
    } catch {
      return
    }
    version = recorder.version
    yield { data: version }
  }
}

/** Between two events, in milliseconds. */
const PAUSE_MS = 100

/** How long a browser waits before it connects again, after a restart. In milliseconds. */
const RETRY_MS = 500
