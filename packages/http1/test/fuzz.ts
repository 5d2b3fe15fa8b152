/**
 * Searches for bytes that the parser and node:http read differently, and for bytes that break the parser:
 * `pnpm --filter @tsgi/http1 fuzz --inputs 1000000 --seed 1`. The same seed always gives the same inputs. `--from 4711`
 * skips those before, and `--parser-only` does not compare with node:http, which takes most of the time.
 */
import { parseArgs } from 'node:util'
import { hostileBytes, showPieces } from './hostile-bytes.ts'
import { fuzz } from './run-fuzz.ts'

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    'parser-only': { type: 'boolean', default: false },
  },
})
const [inputs, seed, from] = [values.inputs, values.seed, values.from].map(Number) as [number, number, number]
const compares = !values['parser-only']
const begun = performance.now()
const PROGRESS = 500_000

for await (const { inputs: done, same, stricter } of fuzz({ seed, from, inputs, compares })) {
  const isLast = done === inputs
  if (!isLast && done % PROGRESS !== 0) continue
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0)
  console.log(`${done} inputs of seed ${seed} in ${seconds} s, no crash and no unknown difference`)
  if (!isLast || !compares) continue
  console.log(`${same} are read like node:http, ${done - same} are rejected by one of them only:`)
  for (const [reason, { count, first }] of [...stricter].sort(([, a], [, b]) => b.count - a.count)) {
    console.log(
      `${String(count).padStart(9)}  ${reason}\n           ${first}: ${showPieces(hostileBytes(seed, first))}`,
    )
  }
}
