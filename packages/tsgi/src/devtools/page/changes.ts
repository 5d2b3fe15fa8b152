import { once } from 'node:events'
import type { Recorder } from '../record/recorder.ts'

/** Yields the version of the lists now and after each change, until the signal aborts. */
export async function* changes(recorder: Recorder, signal: AbortSignal): AsyncGenerator<string> {
  let version = recorder.version
  yield version
  while (!signal.aborted) {
    try {
      if (version === recorder.version) await once(recorder, 'change', { signal })
    } catch {
      return
    }
    version = recorder.version
    yield version
  }
}
