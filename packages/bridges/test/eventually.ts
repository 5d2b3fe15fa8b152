import { expect } from 'vitest'

/** What is to hold soon, on a busy machine too. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 10_000 })
}
