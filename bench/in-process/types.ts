import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { startProcess } from '../harness/processes.ts'
import { published } from '../harness/published.ts'
import { type Row, roundsOf, type Work } from '../harness/work.ts'
import { type Program, programs } from './types-programs.ts'

const require = createRequire(import.meta.url)
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')

const options = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: false,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
  typeRoots: [dirname(dirname(require.resolve('@types/node/package.json')))],
} as const

/** Time limit of a run in milliseconds. */
const LONGEST = 60_000

export const types: Work = {
  name: 'types',
  about:
    'Type-checks a program with 1,000 handlers: 500 paths, each with a GET and a POST with a validated body.',
  headline: 'CPU',
  targets: [
    { figure: 'CPU', against: 'hono chained', atLeast: 3 },
    { figure: 'CPU', of: 'tsgi client', against: 'hono client', atLeast: 3 },
  ],
  async run(options) {
    const { quick, progress } = options
    const rounds = roundsOf(options, 3)
    const rows = programs.map(({ name }): Row => ({ contender: name, figures: emptyFigures(), errors: 0 }))
    // A quick run only checks that it works, so it does not need the half minute that Hono takes.
    const paths = quick ? 200 : 500
    const configs = programs.map((program) => writeProgram(program, paths))
    for (let round = 0; round < rounds; round++) {
      for (const [index, config] of configs.entries()) {
        const row = rows[index]!
        progress(`types: round ${round + 1} of ${rounds}, ${row.contender}`)
        const { cpu, wall, failed } = await check(config)
        row.figures.CPU!.values.push(cpu)
        row.figures.wall!.values.push(wall)
        row.errors += Number(failed)
      }
    }
    const notes = [
      'Complete runs of `tsc --noEmit` with the TypeScript of this repository and `skipLibCheck`.',
      ...(quick ? ['Quick run: only 400 handlers.'] : []),
      'Hono, Elysia and this router also infer the type of the whole table. Fastify has none. The programs with a client also make a call for every fifth handler.',
    ]
    return { rows, notes }
  },
}

/** Writes a program next to our published packages and returns the path of its tsconfig.json. */
export function writeProgram({ name, files }: Program, paths: number): string {
  const home = join(published(), 'types', `${name.replaceAll(' ', '-')}-${paths}`)
  mkdirSync(home, { recursive: true })
  for (const [file, text] of Object.entries(files(paths))) writeFileSync(join(home, file), text)
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
  const config = join(home, 'tsconfig.json')
  writeFileSync(config, JSON.stringify({ compilerOptions: options, files: ['app.ts'] }))
  return config
}

interface Run {
  /** Seconds of CPU time and of wall time. */
  cpu: number
  wall: number
  failed: boolean
  output: string
}

/** Type-checks a program. A shell around the compiler measures its CPU time. */
export async function check(config: string): Promise<Run> {
  const started = performance.now()
  const script = '"$@"; status=$?; times; exit $status'
  const compiler = [process.execPath, tsc, '--project', config]
  const child = startProcess('/bin/sh', ['-c', script, 'sh', ...compiler], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LONGEST,
  })
  let output = ''
  child.stdout!.on('data', (chunk) => {
    output += chunk
  })
  const [status] = await once(child, 'close')
  return {
    cpu: childrenSeconds(output),
    wall: (performance.now() - started) / 1000,
    failed: status !== 0,
    output,
  }
}

/** Parses the second line of the shell's `times`, the CPU time of its child processes: `0m1.25s 0m0.08s`. */
export function childrenSeconds(output: string): number {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0)
}

function emptyFigures(): Row['figures'] {
  const seconds = () => ({ unit: 's', better: 'lower' as const, values: [] })
  return { CPU: seconds(), wall: seconds() }
}
