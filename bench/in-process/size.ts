import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { published } from '../harness/published.ts'
import type { Figure, Row, RunOptions, Work, WorkResult } from '../harness/work.ts'
import { installed } from './installed.ts'
import { forNode, forWorkers, ourPackages, type SizeProgram } from './size-programs.ts'

const bench = join(import.meta.dirname, '..')
type Platform = 'workers' | 'node'

export const size: Work = {
  name: 'size',
  about:
    'A text and a route with a parameter, bundled for a runtime such as Workers, and each of our packages.',
  headline: 'gzip',
  targets: [{ figure: 'gzip', against: 'hono', atLeast: 1 }],
  async run({ progress }) {
    const rows = await measured(forWorkers, 'workers', progress)
    const apart = 'One package with everything that its main entry exports, bundled for Node.'
    const packages = await measured(ourPackages, 'node', progress)
    return { rows: [...rows, ...packages.map((row) => ({ ...row, apart }))], notes }
  },
}

export const sizeNode: Work = {
  name: 'size-node',
  about: 'The same with a server for Node.',
  headline: 'installed',
  targets: [],
  async run({ progress }): Promise<WorkResult> {
    return { rows: await measured(forNode, 'node', progress), notes }
  },
}

const notes = [
  'Bundles: esbuild, minified, ESM, gzip level 9. installed: bytes of all installed files, including dependencies.',
]

async function measured(
  programs: readonly SizeProgram[],
  platform: Platform,
  progress: RunOptions['progress'],
): Promise<Row[]> {
  const rows: Row[] = []
  for (const { name, packages, source } of programs) {
    progress(name)
    const bundle = await bundled(source, platform)
    const { bytes, packages: count } = installed(packages, bench)
    rows.push({
      contender: name,
      figures: {
        gzip: figure(gzipSync(bundle, { level: 9 }).length / 1000, 'kB'),
        minified: figure(bundle.length / 1000, 'kB'),
        installed: figure(bytes / 1e6, 'MB'),
        packages: figure(count, ''),
      },
      errors: 0,
    })
  }
  return rows
}

/** Bundles a program with everything it imports. */
export async function bundled(source: string, platform: Platform): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: published(), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    logLevel: 'error',
    ...(platform === 'node'
      ? { platform }
      : { platform: 'browser', conditions: ['workerd', 'worker', 'import'] }),
  })
  return outputFiles[0]!.contents
}

function figure(value: number, unit: string): Figure {
  return { unit, better: 'lower', values: [value], isExact: true }
}
