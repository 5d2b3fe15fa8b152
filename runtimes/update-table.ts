/** Runs the suite on every runtime and writes the table in README.md. Fails if an outcome is not as expected. */
import { readFileSync, writeFileSync } from 'node:fs'
import { exceptionOf } from './exceptions.ts'
import { measure, type Outcomes } from './measure.ts'
import { runtimes } from './runtimes.ts'
import { BEGIN, END, tableOf } from './table.ts'

const measured = new Map<string, Outcomes>()
for (const { name, start } of runtimes) {
  if (start === undefined) throw new Error(`${name}: a program is missing`)
  await using running = await start()
  const outcomes = await measure(running)
  measured.set(name, outcomes)
  for (const [each, error] of outcomes) {
    if ((error === undefined) === (exceptionOf(name, each) === undefined)) continue
    console.error(
      `${name}: ${each.feature}: ${each.name}: ${error ? error.stack : 'passes, but exceptions.ts lists it'}`,
    )
    process.exitCode = 1
  }
}

const file = new URL('./README.md', import.meta.url)
const readme = readFileSync(file, 'utf8')
const [before, rest = ''] = readme.split(BEGIN)
const [, after] = rest.split(END)
if (after === undefined) throw new Error('README.md: the marks around the table are missing')
writeFileSync(file, before + BEGIN + tableOf(measured) + END + after)
