/**
 * The parts of the benchmark. A *work* is one thing that web applications do, a *contender* is one way to write it. A work
 * runs all its contenders side by side, in alternating rounds, and returns what it measured.
 */

/** The values measured for one contender, one per round. */
export interface Figure {
  /** The unit in the table: `'requests/s'`, `'µs'`, `'MB'`. */
  unit: string
  better: 'higher' | 'lower'
  /** One value per round, in order. Each is measured in a process of its own. */
  values: number[]
  /** Whether every round would measure the same, so that one is enough. */
  isExact?: boolean
}

/** The results of one contender. */
export interface Row {
  /** The name of the contender, as in {@link contenders}. Ours starts with `tsgi`. */
  contender: string
  /** The figures by name, in the order of the columns. Every row of a work has the same names. */
  figures: Record<string, Figure>
  /** Number of requests that failed or got an unexpected response. */
  errors: number
  /** Why the row is shown but not used in targets, for example because the contender generates code at run time. */
  apart?: string
}

/** A promise that the report checks. */
export interface Target {
  /** The name of the figure. */
  figure: string
  /** The contender of ours that promises it. Default: `tsgi`. */
  of?: string
  /**
   * What ours is compared with: the best peer, or a peer by name. `'nobody'` is for a figure that is already a ratio: it is
   * used directly, or inverted for `'lower'`.
   */
  against: 'best peer' | 'nobody' | (string & {})
  /** The ratio to reach. Above 1 means that ours is better, whether higher or lower values are better. */
  atLeast: number
}

export interface WorkResult {
  rows: Row[]
  /** What a reader must know to interpret the figures. */
  notes: string[]
}

export interface RunOptions {
  /** The Node that runs the contenders. */
  node: string
  /** Number of rounds. Default: the work's own. */
  rounds?: number | undefined
  /** Runs one round of less work, to check that it works. */
  quick: boolean
  /** The contenders to run. Default: all that can do the work. */
  only?: readonly string[] | undefined
  /** Reports the progress on one line. */
  progress(line: string): void
}

export interface Work {
  /** The name on the command line: `npm run bench -- hello`. */
  name: string
  /** One sentence: what a contender has to do. */
  about: string
  /** The figure for the chart and the ratios. */
  headline: string
  /** The figures that ours is compared by. Default: the headline, and the CPU time of a request. */
  compared?: readonly string[]
  targets: Target[]
  run(options: RunOptions): Promise<WorkResult>
}

/** Returns the number of rounds, each of which starts every contender in a new process. */
export function roundsOf({ rounds, quick }: RunOptions, usual: number): number {
  return quick ? 1 : (rounds ?? usual)
}
