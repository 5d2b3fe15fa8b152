/** The command line of the benchmark. */
import { parseArgs } from 'node:util'
import { claims, works } from '../works.ts'
import { contenders } from './contenders.ts'
import { nodeBinary } from './node.ts'
import type { Work } from './work.ts'

export const usage = `usage: npm run bench -- [work…] [--node version] [--rounds n] [--only contender,…] [--quick] [--save] [--report] [--list]
  works: ${works.map(({ name }) => name).join(', ')}; all of them unless some are named.
         \`claims\` stands for ${claims.join(', ')}, \`others\` for all others.
  --node version  run the contenders on another Node: 26, or the path of a binary
  --rounds n      rounds of each work, in each of which every contender runs in a new process
  --only names    run these contenders only: ${contenders.map(({ name }) => name).join(',')}
  --quick         one short round: to see that it runs, not to quote
  --save          write the results to bench/results, then its charts and tables
  --report        only write the charts and tables again, from the saved results
  --list          say what each work is`

export interface CommandLine {
  works: readonly Work[]
  /** The Node that runs the contenders. */
  node: string
  rounds: number | undefined
  only: readonly string[] | undefined
  quick: boolean
  save: boolean
  report: boolean
  list: boolean
}

/** @throws Error that says what is wrong with an argument. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      node: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  })
  const { node, rounds, only, ...flags } = values
  if (flags.save && flags.quick) throw new Error('a quick run says too little to be saved')
  return {
    ...flags,
    works: worksOf(positionals),
    node: node === undefined ? process.execPath : nodeBinary(node),
    rounds: rounds === undefined ? undefined : roundsOf(rounds),
    only: only === undefined ? undefined : contendersOf(only),
  }
}

/** Names that stand for several works. */
const groups: Record<string, readonly string[]> = {
  claims,
  others: works.map(({ name }) => name).filter((name) => !claims.includes(name)),
}

function worksOf(names: readonly string[]): readonly Work[] {
  if (names.length === 0) return works
  const all = names.flatMap((name) => groups[name] ?? name)
  const unknown = all.find((name) => works.every((work) => work.name !== name))
  if (unknown !== undefined) throw new Error(`there is no work '${unknown}'`)
  return works.filter(({ name }) => all.includes(name))
}

function roundsOf(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--rounds must be a positive integer, got '${text}'`)
  return Number(text)
}

function contendersOf(text: string): readonly string[] {
  const names = text.split(',')
  const unknown = names.find((name) => contenders.every((contender) => contender.name !== name))
  if (unknown !== undefined) throw new Error(`there is no contender '${unknown}'`)
  return names
}
