import type { SessionStore } from '../stores/store.ts'

/** One test of the conformance suite for stores. */
export interface ConformanceCase {
  /** The name of the test. */
  readonly name: string
  /**
   * Runs the test on an empty store.
   *
   * @throws Error (by rejection) with the expected and the actual result.
   */
  run(store: SessionStore): Promise<void>
}
