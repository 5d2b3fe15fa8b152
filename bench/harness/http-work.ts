/** A work that is requests to a server: as many as it can answer, contenders in turn, round after round. */

import { type RunningContender, startContender } from './contender.ts'
import { contendersOf } from './contenders.ts'
import { check, type Exchange } from './exchange.ts'
import { load } from './load.ts'
import { median } from './statistics.ts'
import type { Figure, Row, Target, Work, WorkResult } from './work.ts'

export interface HttpWork {
  name: string
  about: string
  targets: Target[]
  /**
   * What the load is made of, in turn; each is checked once on every contender before it is timed. A function is called once
   * for each contender, for what has to be asked of it first, as a session's cookie.
   */
  requests: readonly Exchange[] | ((port: number) => Promise<readonly Exchange[]>)
  /** What is checked as well, and not timed. */
  alsoChecked?: readonly Exchange[]
  notes?: string[]
}

/** How long a work takes, at most: `(warmUp + rounds) × contenders` seconds and a little. */
const full = { warmUp: 2, rounds: 5, seconds: 1 }
const quick = { warmUp: 2, rounds: 3, seconds: 1 }

export interface HttpWorkResult extends Work {
  /** Starts the contender's program and checks its answers, without timing it. */
  checkContender(contender: string, options?: { fromSource?: boolean }): Promise<void>
}

/** Makes a work of the requests that are its load. */
export function httpWork(definition: HttpWork): HttpWorkResult {
  const { name, about, targets, notes = [] } = definition
  return {
    name,
    about,
    targets,
    headline: 'requests/s',
    async run({ quick: isQuick, progress }) {
      const { warmUp, rounds, seconds } = isQuick ? quick : full
      await using stack = new AsyncDisposableStack()
      const entrants: Entrant[] = []
      for (const { name: contender } of contendersOf(name)) {
        progress(`${name}: starting ${contender}`)
        const running = stack.use(await startContender(contender, name))
        entrants.push(new Entrant(running, await checked(definition, running)))
      }
      for (const entrant of entrants) {
        progress(`${name}: warming up ${entrant.running.name}`)
        await entrant.load(warmUp)
      }
      for (let round = 1; round <= rounds; round++)
        for (const entrant of entrants) {
          progress(`${name}: round ${round} of ${rounds}, ${entrant.running.name}`)
          await entrant.measure(seconds)
        }
      const rows: Row[] = []
      for (const entrant of entrants) rows.push(await entrant.row())
      return { rows, notes: [...notes, ...starved(entrants)] } satisfies WorkResult
    },
    async checkContender(contender, options) {
      await using running = await startContender(contender, name, options)
      await checked(definition, running)
    },
  }
}

/** A contender and what has been measured of it so far. */
class Entrant {
  readonly running: RunningContender
  readonly #requests: readonly Exchange[]
  readonly #perSecond: number[] = []
  readonly #cpu: number[] = []
  /** How much of a core it had, a value a round. */
  readonly shares: number[] = []
  #errors = 0

  constructor(running: RunningContender, requests: readonly Exchange[]) {
    this.running = running
    this.#requests = requests
  }

  load(seconds: number) {
    return load({ port: this.running.port, requests: this.#requests, seconds })
  }

  async measure(seconds: number): Promise<void> {
    const before = await this.running.usage()
    const { requests, requestsPerSecond, errors } = await this.load(seconds)
    const cpu = (await this.running.usage()).cpu - before.cpu
    this.#perSecond.push(requestsPerSecond)
    this.#cpu.push(cpu / requests)
    this.shares.push(cpu / (requests / requestsPerSecond) / 1e6)
    this.#errors += errors
  }

  async row(): Promise<Row> {
    const { peakMemory } = await this.running.usage()
    const figures: Record<string, Figure> = {
      'requests/s': { unit: 'requests/s', better: 'higher', values: this.#perSecond },
      'CPU a request': { unit: 'µs', better: 'lower', values: this.#cpu },
      'peak memory': { unit: 'MB', better: 'lower', values: [peakMemory / 1e6] },
    }
    return { contender: this.running.name, figures, errors: this.#errors }
  }
}

/** A server that could not use all of its core says nothing about requests a second. */
function starved(entrants: readonly Entrant[]): string[] {
  const shares = entrants.map((entrant) => median(entrant.shares))
  const least = Math.min(...shares)
  return least > 0.9
    ? []
    : [
        `a server had only ${Math.round(least * 100)} % of its core, because the machine is busy or the load too small: ` +
          'believe CPU a request rather than requests/s',
      ]
}

async function checked(definition: HttpWork, { name, port }: RunningContender): Promise<readonly Exchange[]> {
  const { requests, alsoChecked = [] } = definition
  const exchanges = typeof requests === 'function' ? await requests(port) : requests
  await check(name, port, [...exchanges, ...alsoChecked])
  return exchanges
}
