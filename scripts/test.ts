/**
 * `npm test`: static checks and the fast tests. With `CI=true`, everything. A failed step does not stop the next one, so
 * one run shows every failure. The last line says how many passed and how many failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Counts {
  passed: number
  failed: number
}

const root = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'tsgi-test-'))
const report = join(scratch, 'report.json')
const everything = process.env.CI === 'true'

function run(title: string, command: string, ...args: string[]): boolean {
  console.log(`\n── ${title}: ${command} ${args.join(' ')}`)
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    stdio: 'inherit',
  })
  if (error) console.error(error.message)
  return status === 0
}

function step(title: string, command: string, ...args: string[]): Counts {
  return run(title, command, ...args) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

function tests(title: string, ...options: string[]): Counts {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`]
  const ok = run(title, 'vitest', 'run', ...options, ...reporters)
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
    // A run can fail without a failed test: a file that does not load, an uncaught error.
    return { passed: numPassedTests, failed: ok ? 0 : Math.max(numFailedTests, 1) }
  } catch {
    return { passed: 0, failed: 1 }
  } finally {
    // The next run must not be taken for this one.
    rmSync(report, { force: true })
  }
}

/** The tests that do not depend on time run on all processors. */
const untimed = everything ? ['fast', 'engine', 'bench', 'runtimes', 'docs', 'release'] : ['fast']

const counts = [
  step('Format and lint', 'biome', 'ci', '--error-on-warnings'),
  step('Types', 'tsc', '--project', 'tsconfig.json'),
  ...(everything
    ? [
        step('Types of the benchmark', 'tsc', '--project', 'bench/tsconfig.json'),
        step('Types of the release', 'tsc', '--project', 'release/tsconfig.json'),
        step('Build', 'tsc', '--build', 'tsconfig.build.json'),
      ]
    : []),
  tests('Tests', ...untimed.flatMap((name) => ['--project', name]), '--maxWorkers', '100%'),
  // By default, Vitest leaves one processor idle. The slow tests need that: they start processes of their own.
  ...(everything ? [tests('Slow tests', '--project', 'slow')] : []),
]
rmSync(scratch, { recursive: true })

const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
if (!everything) console.log('\nNot run: slow tests, runtimes and benchmarks. `CI=true npm test` runs them.')
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
