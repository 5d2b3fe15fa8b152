/** A work that sends as many requests as a server can handle. */
import type { RunningContender } from './contender.ts'
import { check, type Exchange } from './exchange.ts'
import { load } from './load.ts'
import { type SideBySideWork, sideBySide } from './side-by-side.ts'
import type { Target } from './work.ts'

export interface HttpWork {
  name: string
  about: string
  targets: Target[]
  /** The requests of the load, sent in turn. Each is checked once on every contender before the measurement. */
  requests: readonly Exchange[]
  /** Further requests that are checked but not measured. */
  alsoChecked?: readonly Exchange[]
  notes?: string[]
  /** The frameworks that can do the work. Default: all. */
  frameworks?: readonly string[]
}

/** Creates a work from the requests of its load. */
export function httpWork({
  requests,
  alsoChecked = [],
  notes = [],
  ...definition
}: HttpWork): SideBySideWork {
  const keepBusy = ({ port }: RunningContender, seconds: number) => load({ port, requests, seconds })
  return sideBySide({
    ...definition,
    notes,
    headline: 'requests/s',
    rounds: { full: 5, quick: 3 },

    check: ({ name, port }) => check(name, port, [...requests, ...alsoChecked]),

    async prepare(running) {
      await keepBusy(running, 1)
    },

    async measure(running) {
      const before = await running.usage()
      const { requests, requestsPerSecond, errors } = await keepBusy(running, 1)
      const after = await running.usage()
      return {
        figures: {
          'requests/s': { unit: 'requests/s', better: 'higher', value: requestsPerSecond },
          'CPU per request': { unit: 'µs', better: 'lower', value: (after.cpu - before.cpu) / requests },
        },
        errors,
      }
    },

    async finish(running) {
      const { peakMemory } = await running.usage()
      return { figures: { 'peak memory': { unit: 'MB', better: 'lower', value: peakMemory / 1e6 } } }
    },
  })
}
