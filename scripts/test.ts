/**
 * The whole suite, in one command: `npm test`. Each step runs even where one before it failed, so that one run shows
 * all there is to mend. The last line says how many passed and how many failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missingPrograms } from './programs.ts'

interface Counts {
  passed: number
  failed: number
}

const root = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'tsgi-test-'))
const report = join(scratch, 'report.json')

function run(title: string, command: string, ...args: string[]): boolean {
  console.log(`\n── ${title}: ${command} ${args.join(' ')}`)
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    stdio: 'inherit',
  })
  if (error) console.error(error.message)
  return status === 0
}

function step(ok: boolean): Counts {
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

function tests(): Counts {
  const ok = run('Tests', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile=${report}`)
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
    // A run can fail without a failed test: a file that does not load, an error nobody caught.
    return { passed: numPassedTests, failed: ok ? 0 : Math.max(numFailedTests, 1) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

const counts = [
  step(run('Format and lint', 'biome', 'ci', '--error-on-warnings')),
  step(run('Types', 'tsc', '--project', 'tsconfig.json')),
  step(run('Build', 'tsc', '--build', 'tsconfig.build.json')),
  tests(),
]
rmSync(scratch, { recursive: true })

const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
const missing = missingPrograms()
if (missing !== undefined) console.log(`\n${missing}`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
