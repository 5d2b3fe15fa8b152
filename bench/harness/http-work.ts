/** A work that sends as many requests as a server can handle. */
import { check, type Exchange } from './exchange.ts'
import { load } from './load.ts'
import { measuredLoad } from './measured-load.ts'
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

/** Seconds of load before the measurement, in which code is optimized, and of the measurement. */
const warmUp = 3
const measured = 0.5

/** Creates a work from the requests of its load. */
export function httpWork({
  requests,
  alsoChecked = [],
  notes = [],
  ...definition
}: HttpWork): SideBySideWork & Pick<HttpWork, 'requests'> {
  const work = sideBySide({
    ...definition,
    notes,
    headline: 'requests/s',

    check: ({ name, port }) => check(name, port, [...requests, ...alsoChecked]),

    async prepare({ port }) {
      await load({ port, requests, seconds: warmUp })
    },

    async measure(running) {
      const { perSecond, cpu, peakMemory, errors } = await measuredLoad(running, requests, {
        seconds: measured,
      })
      return {
        figures: { 'requests/s': perSecond, 'CPU per request': cpu, 'peak memory': peakMemory },
        errors,
      }
    },
  })
  return { ...work, requests }
}
