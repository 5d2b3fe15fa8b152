/**
 * Measures what needs no server, in one process: batches that are long enough to measure, in rounds that alternate between
 * the subjects.
 *
 * Measures the CPU time of the whole process, including garbage collection and compilation. On a machine that is not idle,
 * that says more than the wall clock.
 */

/** One way to do something. */
export interface Subject {
  name: string
  /** Runs it a number of times. The result depends on every run, so that the compiler cannot remove one. */
  run(times: number): unknown
  /** Prepares a number of runs. Not measured. */
  prepare?(times: number): void
}

export interface Settings {
  rounds: number
  /** Approximate time of a batch. */
  milliseconds: number
}

export const full: Settings = { rounds: 3, milliseconds: 10 }
export const quick: Settings = { rounds: 1, milliseconds: 3 }

/** Returns the CPU time of one operation in nanoseconds, by subject: one figure per round. */
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
    // Every other round is reversed, so that no subject always runs after the same one.
    for (const [subject, times] of round % 2 === 0 ? batches : batches.toReversed()) {
      figures.get(subject.name)!.push((await time(subject, times)) / times)
    }
  }
  return figures
}

/** Returns the number of runs in a batch of about this time. Finding it is also the warm-up. */
export async function calibrate(subject: Subject, milliseconds: number): Promise<number> {
  const wanted = milliseconds * 1e6
  let times = 1
  for (;;) {
    const taken = await time(subject, times)
    if (taken >= wanted) break
    // A short batch says little about a long one, because its code may not be compiled yet.
    times = nextTimes(times, taken, wanted)
  }
  const [a, b] = [await time(subject, times), await time(subject, times)]
  return Math.max(1, Math.round((times * wanted) / Math.max(1, Math.min(a, b))))
}

/** Returns the number of runs to try next to reach `wanted`: at least twice, at most ten times as many. */
export function nextTimes(times: number, taken: number, wanted: number): number {
  return Math.ceil(times * Math.min(10, Math.max(2, (1.2 * wanted) / Math.max(1, taken))))
}

/** Averages figures round by round. */
export function averageRounds(figures: readonly (readonly number[])[]): number[] {
  return figures[0]!.map((_, round) => figures.reduce((sum, each) => sum + each[round]!, 0) / figures.length)
}

/** The result of the last batch, kept so that the compiler cannot remove its computation. */
export let sink: unknown

async function time(subject: Subject, times: number): Promise<number> {
  subject.prepare?.(times)
  const before = process.cpuUsage()
  const result = subject.run(times)
  // Await only promises, because a turn of the event loop is not part of the subject.
  sink = result instanceof Promise ? await result : result
  const { user, system } = process.cpuUsage(before)
  return (user + system) * 1000
}
