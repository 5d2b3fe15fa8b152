/**
 * What the benchmark is made of. A *work* is one thing that web applications do; a *contender* is one way to write it. A
 * work runs all its contenders side by side, in rounds that alternate between them, and hands back what it measured.
 */

/** What one contender was measured at, once a round. */
export interface Figure {
  /** What is counted, as the table shows it: `'requests/s'`, `'µs'`, `'MB'`. */
  unit: string
  better: 'higher' | 'lower'
  /** One value a round, in the order they were measured. */
  values: number[]
}

/** One contender's line. */
export interface Row {
  /** The name of the contender, as in {@link contenders}. Ours begins with `tsgi`. */
  contender: string
  /** By name, in the order of the table's columns. Every row of a work has the same names. */
  figures: Record<string, Figure>
  /** Requests that failed, or were answered otherwise than the work asks. */
  errors: number
  /** Why it is shown but is no peer in the targets (it writes code at run time, say), nor ours that is held to them. */
  apart?: string
}

/** What a work promises, and is held to in the report. */
export interface Target {
  /** The figure that is compared. */
  figure: string
  /**
   * What ours is divided by: the best of the peers, or one of them by name. `'nobody'` is for a figure that is a ratio
   * already and stands for itself: ours, or 1 by ours for `'lower'`.
   */
  against: 'best peer' | 'nobody' | (string & {})
  /** A ratio, ours by theirs for `better: 'higher'` and theirs by ours for `'lower'`: above 1 is always ours ahead. */
  atLeast: number
}

export interface WorkResult {
  rows: Row[]
  /** What a reader must know to read the figures right: a contender that cannot do this work, say. */
  notes: string[]
}

export interface RunOptions {
  /** One short round instead of several: enough to see that it runs, not to quote. */
  quick: boolean
  /** Says what is going on, on one line. */
  progress(line: string): void
}

export interface Work {
  /** As on the command line: `pnpm bench hello`. */
  name: string
  /** One sentence: what is asked of a contender. */
  about: string
  /** The figure that the chart draws and the ratios are made of. */
  headline: string
  targets: Target[]
  run(options: RunOptions): Promise<WorkResult>
}
