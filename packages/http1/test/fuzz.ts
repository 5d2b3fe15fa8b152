/** Searches for bytes that the parser and node:http read differently: `node packages/http1/test/fuzz.ts SECONDS [SEED]`. */
import fc from 'fast-check'
import { compare } from './differential.ts'
import { hostileBytes, showPieces } from './hostile-bytes.ts'

const seconds = Number(process.argv[2] ?? 60)
const stricter = new Map<string, { count: number; example: string }>()
let cases = 0
let same = 0
const property = fc.asyncProperty(hostileBytes, async (pieces) => {
  cases++
  const reason = await compare(pieces)
  if (reason === undefined) same++
  else {
    const known = stricter.get(reason) ?? { count: 0, example: showPieces(pieces) }
    stricter.set(reason, { ...known, count: known.count + 1 })
  }
})
const result = await fc.check(property, {
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: seconds * 1000,
  markInterruptAsFailure: false,
  ...(process.argv[3] !== undefined && { seed: Number(process.argv[3]) }),
})
console.log(`${cases} cases: ${same} equal, the parser stricter in ${cases - same}:`)
for (const [reason, { count, example }] of [...stricter].sort(([, a], [, b]) => b.count - a.count))
  console.log(`  ${count}\t${reason}\n\t\t${example}`)
if (result.failed) {
  console.log(`seed ${result.seed}: ${result.errorInstance}\n${showPieces(result.counterexample?.[0] ?? [])}`)
  process.exitCode = 1
}
