import { assert, asyncProperty, type Parameters, scheduler } from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { overlappingRequests, runOverlapping } from '../../test/overlapping.ts'
import { sharedStores } from '../../test/stores.ts'
import { memoryStore } from '../stores/memory/memory.ts'
import type { SessionStore } from '../stores/store.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function check(create: () => SessionStore, parameters: Parameters<unknown>): Promise<void> {
  const advance = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
  const property = asyncProperty(scheduler(), overlappingRequests, (scheduler, commands) =>
    runOverlapping(create(), scheduler, commands, advance),
  )
  return assert(property, parameters)
}

describe.each(sharedStores)('requests that overlap on two servers, with sessions in %s', (name, create) => {
  it('lose no write, bring no session back and find no session with an old id, whatever the order', {
    timeout: 60_000,
  }, async () => {
    await expect(check(create, { numRuns: name === 'memory' ? 100 : 25 })).resolves.toBeUndefined()
  })
})

describe('the test of requests that overlap', () => {
  const good = memoryStore()
  const faults: readonly (readonly [fault: string, store: SessionStore])[] = [
    ['ignores versions', { ...good, commit: (key, entry) => good.commit(key, entry, versionOf(key)) }],
    [
      'brings sessions back',
      { ...good, commit: (key, entry, version) => good.commit(key, entry, versionOf(key) && version) },
    ],
    ['destroys nothing', { ...good, destroy: () => ({ ok: true }) }],
    [
      'keeps replaced ids for ever',
      {
        ...good,
        commit: (key, entry, version) =>
          good.commit(key, { ...entry, expires: entry.expires + 2 ** 40 }, version),
      },
    ],
  ]
  function versionOf(key: string): number {
    return good.load(key)?.version ?? 0
  }

  it.each(faults)('detects a store that %s', async (_, store) => {
    await expect(check(() => store, { numRuns: 1000, endOnFailure: true })).rejects.toThrow(/Property failed/)
  })
})
