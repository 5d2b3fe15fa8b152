import type { HeapSample } from './heap-log.ts'
import { type Point, trendOf } from './trend.ts'

/** Parts of the time in the curve. */
const PARTS = 10
const MIN_SAMPLES = 12

/**
 * Describes how the memory of each process changed between two times in milliseconds since the epoch: what is in use after
 * a complete garbage collection, in MiB, as the median of each tenth of the time, with its trend.
 */
export function memoryTrends(samples: readonly HeapSample[], from: number, to: number): string[] {
  const within = samples.filter(({ at }) => at >= from && at <= to)
  const processes = [...Map.groupBy(within, ({ pid }) => pid)].filter(([, own]) => own.length >= MIN_SAMPLES)
  return processes.map(([pid, own]) => {
    const used = own.map(({ at, heapUsed, external }): Point => [at, heapUsed + external])
    const { perHour } = trendOf(used)
    const resident = trendOf(own.map(({ at, rss }): Point => [at, rss]))
    const name = own[0]!.isWorker ? 'worker' : 'master'
    return (
      `${name} ${pid}, ${own.length} collections in ${((to - from) / 60_000).toFixed(0)} min: ` +
      `in use ${curve(used, from, to)} MiB, ${mebibytes(perHour)} MiB per hour; ` +
      `resident ${mebibytes(resident.before)} → ${mebibytes(resident.after)} MiB`
    )
  })
}

function curve(points: readonly Point[], from: number, to: number): string {
  const part = (to - from) / PARTS
  const medians = Array.from({ length: PARTS }, (_, n) => {
    const inside = points.filter(([at]) => Math.floor((at - from) / part) === n)
    return inside.length === 0 ? '-' : mebibytes(trendOf(inside).median)
  })
  return medians.join(' ')
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}
