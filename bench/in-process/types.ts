import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { startProcess } from '../harness/processes.ts'
import { published } from '../harness/published.ts'
import type { Row, Work } from '../harness/work.ts'
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

/** A run that takes longer is given up. */
const LONGEST = 60_000

export const types: Work = {
  name: 'types',
  about:
    'Checks the types of a program of 1,000 handlers: 500 paths, each with GET and a POST whose body is validated.',
  headline: 'CPU',
  targets: [{ figure: 'CPU', against: 'hono chained', atLeast: 3 }],
  async run({ quick, progress }) {
    const rows = programs.map(({ name }): Row => ({ contender: name, figures: emptyFigures(), errors: 0 }))
    // The brief run is for seeing that it works: half a minute of Hono's is no use for that.
    const paths = quick ? 200 : 500
    const configs = programs.map((program) => writeProgram(program, paths))
    for (let round = 0; round < (quick ? 1 : 2); round++) {
      for (const [index, config] of configs.entries()) {
        const row = rows[index]!
        progress(`${row.contender}, round ${round + 1}`)
        const { cpu, wall, failed } = await check(config)
        row.figures.CPU!.values.push(cpu)
        row.figures.wall!.values.push(wall)
        row.errors += Number(failed)
      }
    }
    const notes = [
      'Whole runs of `tsc --noEmit`, of the TypeScript of this repository, with `skipLibCheck`.',
      ...(quick ? ['A brief run: 400 handlers only.'] : []),
      'Hono, Elysia and this router also derive the type of the whole table; Fastify has none.',
    ]
    return { rows, notes }
  },
}

/** Writes a program where it finds our packages as they are published, and returns the path of its tsconfig.json. */
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
  /** Seconds of the processor, and of the clock. */
  cpu: number
  wall: number
  failed: boolean
  output: string
}

/** Checks a program's types; a shell around the compiler knows what CPU time it took. */
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

/** What the shell's `times` says, in its second line, of the processes it waited for: `0m1.25s 0m0.08s`. */
export function childrenSeconds(output: string): number {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0)
}

function emptyFigures(): Row['figures'] {
  const seconds = () => ({ unit: 's', better: 'lower' as const, values: [] })
  return { CPU: seconds(), wall: seconds() }
}
