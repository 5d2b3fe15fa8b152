/**
 * Times things that need no server, side by side in one process: batches long enough to be timed, in rounds that
 * alternate between the subjects.
 *
 * What is counted is the CPU time of the whole process, its collector and compiler included: on a machine that does other
 * things too it says more than the wall clock.
 */

/** One way to do a thing. */
export interface Subject {
  name: string
  /** Does it so many times, and returns something that depends on every one, so that none can be left out. */
  run(times: number): unknown
  /** Makes what so many times will need. It is not timed. */
  prepare?(times: number): void
}

export interface Settings {
  rounds: number
  /** How long one batch takes, about. */
  milliseconds: number
}

export const full: Settings = { rounds: 5, milliseconds: 10 }
export const quick: Settings = { rounds: 2, milliseconds: 3 }

/** Nanoseconds of CPU time that one operation takes, by the subject's name: one figure a round. */
export async function measure(
  subjects: readonly Subject[],
  { rounds, milliseconds }: Settings,
): Promise<Map<string, number[]>> {
  const figures = new Map<string, number[]>()
  const batches: [Subject, number][] = []
  for (const subject of subjects) {
    batches.push([subject, await calibrate(subject, milliseconds)])
    figures.set(subject.name, [])
  }
  for (let round = 0; round < rounds; round++) {
    // Every other round goes backwards, so that nobody always runs in the wake of the same neighbour.
    for (const [subject, times] of round % 2 === 0 ? batches : batches.toReversed()) {
      figures.get(subject.name)!.push((await time(subject, times)) / times)
    }
  }
  return figures
}

/** How often a batch of about this length does it; finding out is the warm-up, too. */
export async function calibrate(subject: Subject, milliseconds: number): Promise<number> {
  const wanted = milliseconds * 1e6
  let times = 1
  for (;;) {
    const taken = await time(subject, times)
    if (taken >= wanted) break
    // A short batch says little about a long one: it may not have been compiled yet.
    times = nextTimes(times, taken, wanted)
  }
  const [a, b] = [await time(subject, times), await time(subject, times)]
  return Math.max(1, Math.round((times * wanted) / Math.max(1, Math.min(a, b))))
}

/** How often to try next, where `times` took so long and a batch is to take `wanted`: at least twice, at most ten times as often. */
export function nextTimes(times: number, taken: number, wanted: number): number {
  return Math.ceil(times * Math.min(10, Math.max(2, (1.2 * wanted) / Math.max(1, taken))))
}

/** Figures of the same rounds, averaged round by round. */
export function averageRounds(figures: readonly (readonly number[])[]): number[] {
  return figures[0]!.map((_, round) => figures.reduce((sum, each) => sum + each[round]!, 0) / figures.length)
}

/** What the last batch returned: somebody might look at it, so it has to be computed. */
export let sink: unknown

async function time(subject: Subject, times: number): Promise<number> {
  subject.prepare?.(times)
  const before = process.cpuUsage()
  const result = subject.run(times)
  // Not awaited where there is nothing to wait for: the turn of the loop is not the subject's.
  sink = result instanceof Promise ? await result : result
  const { user, system } = process.cpuUsage(before)
  return (user + system) * 1000
}
