import type { Row } from '../harness/work.ts'
import { full, measure, quick, type Subject } from './measure.ts'

/** One contender: what to measure, by the name of the figure, and a check of its result. */
export interface Contender {
  name: string
  apart?: string
  figures: Record<string, (times: number) => unknown>
  /** Whether the result is correct. A wrong one is not measured. */
  check(): boolean | Promise<boolean>
}

/** Checks and measures contenders and returns a row for each. */
export async function rowsOf(
  contenders: readonly Contender[],
  isQuick: boolean,
  unit: 'ns' | 'µs',
): Promise<Row[]> {
  const subjects = contenders.flatMap(({ name, figures }) =>
    Object.entries(figures).map(([figure, run]): Subject => ({ name: `${name} ${figure}`, run })),
  )
  const errors = await Promise.all(contenders.map(async (contender) => ((await contender.check()) ? 0 : 1)))
  const values = await measure(subjects, isQuick ? quick : full)
  const scale = unit === 'µs' ? 1000 : 1
  return contenders.map(({ name, figures, apart }, index) => ({
    contender: name,
    figures: Object.fromEntries(
      Object.keys(figures).map((figure) => [
        figure,
        {
          unit,
          better: 'lower' as const,
          values: values.get(`${name} ${figure}`)!.map((value) => value / scale),
        },
      ]),
    ),
    errors: errors[index]!,
    ...(apart && { apart }),
  }))
}

/** Runs something a number of times. */
export function again(once: () => unknown): (times: number) => unknown {
  return (times) => {
    let last: unknown
    for (let time = 0; time < times; time++) last = once()
    return last
  }
}

/** The same for a promise. */
export function againLater(once: () => Promise<unknown>): (times: number) => Promise<unknown> {
  return async (times) => {
    let last: unknown
    for (let time = 0; time < times; time++) last = await once()
    return last
  }
}
