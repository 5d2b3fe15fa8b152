/** How ours compares with the best framework, in words that the intervals allow. */
import { isOurs } from './contenders.ts'
import { formatInterval } from './numbers.ts'
import { bestPeer, type Comparison, compare, judge, type Ratio, ratio } from './statistics.ts'
import type { Row, Target } from './work.ts'

export interface Standing {
  contender: string
  figure: string
  /** The best peer by this figure. */
  against: string
  ratio: Ratio
  /** Such as `faster`, `more` or `not distinguishable`. */
  verdict: string
}

/** Compares each contender of ours with the best peer. */
export function standings(rows: readonly Row[], figure: string): Standing[] {
  const peer = bestPeer(rows, figure)
  const theirs = peer?.figures[figure]
  if (peer === undefined || theirs === undefined) return []
  return rows
    .filter(({ contender, apart, figures }) => isOurs(contender) && apart === undefined && figure in figures)
    .flatMap(({ contender, figures }) => {
      const result = ratio(figures[figure]!, theirs)
      if (!Number.isFinite(result.value)) return []
      const words = theirs.better === 'higher' ? ['faster', 'slower'] : ['less', 'more']
      const verdict = inWords(compare(result, 1), words)
      return { contender, figure, against: peer.contender, ratio: result, verdict }
    })
}

/** Describes a standing: `1.05 (0.98–1.12), not distinguishable`. */
export function describeStanding({ ratio, verdict }: Standing): string {
  return `${formatInterval(ratio)}, ${verdict}`
}

/** Describes the outcome of a target: `1.45 (1.41–1.49), reached`. Returns undefined if it was not measured. */
export function describeTarget(
  rows: readonly Row[],
  target: Target,
): { text: string; verdict: string; against: string | undefined; comparison: Comparison } | undefined {
  const outcome = judge(rows, target)
  if (outcome === undefined) return undefined
  const { ratio, comparison, against } = outcome
  const verdict = inWords(comparison, ['reached', 'missed'])
  return { text: `${formatInterval(ratio)}, ${verdict}`, verdict, against, comparison }
}

function inWords(comparison: Comparison, [above, below]: readonly string[]): string {
  if (comparison === 'above') return above!
  return comparison === 'below' ? below! : comparison
}
