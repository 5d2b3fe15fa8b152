import type { SessionStore, StoredSession } from '../stores/store.ts'

/** The maximum number of attempts to commit, and the number of attempts after which it starts to pause in between. */
const MAX_ATTEMPTS = 100
const ATTEMPTS_WITHOUT_PAUSE = 5

/**
 * Returns what to try next after a rejected commit. Later attempts wait for a random time, so that competing processes
 * get out of step, and then load the session again.
 */
export async function latest(
  store: SessionStore,
  key: string,
  current: StoredSession | undefined,
  attempt: number,
): Promise<StoredSession | undefined> {
  if (attempt + 1 >= MAX_ATTEMPTS) {
    throw new Error(`session: other processes won the commit ${MAX_ATTEMPTS} times in a row`)
  }
  if (attempt < ATTEMPTS_WITHOUT_PAUSE) return current
  await new Promise((resolve) => setTimeout(resolve, Math.random() * attempt))
  return store.load(key)
}
