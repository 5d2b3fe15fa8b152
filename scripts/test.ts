/**
 * `npm test`: static checks and the fast tests. With `CI=true`, everything. A failed step does not stop the next one, so
 * one run shows every failure. With `CI=true`, a file with a failed test runs again, alone, so that a failure that needs
 * load can be told from one that is always there. The last lines name what failed, and say how many passed and failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

interface Counts {
  passed: number
  failed: number
}

const root = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'tsgi-test-'))
const report = join(scratch, 'report.json')
const everything = process.env.CI === 'true'
/** What the last lines name. */
const failures: string[] = []

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
  if (run(title, command, ...args)) return { passed: 1, failed: 0 }
  failures.push(title)
  return { passed: 0, failed: 1 }
}

/** What `--reporter=json` writes. */
interface Report {
  numPassedTests: number
  numFailedTests: number
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[]
}

function vitest(title: string, options: string[]): Counts & { files: string[] } {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`]
  const ok = run(title, 'vitest', 'run', ...options, ...reporters)
  try {
    const { numPassedTests, numFailedTests, testResults }: Report = JSON.parse(readFileSync(report, 'utf8'))
    const failed = testResults.filter(({ status }) => status === 'failed')
    for (const { name, assertionResults } of failed) {
      const names = assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName }) => fullName)
      for (const what of names.length > 0 ? names : ['does not load']) {
        failures.push(`${title}: ${relative(root, name)}: ${what}`)
      }
    }
    if (!ok && failed.length === 0) failures.push(`${title}: an error outside the tests`)
    // A run can fail without a failed test: a file that does not load, an uncaught error.
    return {
      passed: numPassedTests,
      failed: ok ? 0 : Math.max(numFailedTests, 1),
      files: failed.map(({ name }) => name),
    }
  } catch {
    failures.push(`${title}: Vitest wrote no report`)
    return { passed: 0, failed: 1, files: [] }
  } finally {
    // The next run must not be taken for this one.
    rmSync(report, { force: true })
  }
}

function tests(title: string, ...options: string[]): Counts {
  const { passed, failed, files } = vitest(title, options)
  if (!everything || failed === 0 || files.length === 0 || files.length > 5) return { passed, failed }
  const alone = vitest(`${title}, again`, [...options, '--no-file-parallelism', ...files])
  return alone.failed === 0 ? { passed: passed + failed, failed: 0 } : { passed, failed }
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
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((line) => `  ${line}`).join('\n')}`)
if (failures.length > 0 && failed === 0) console.log('Each of them passed when its file ran again, alone.')
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
