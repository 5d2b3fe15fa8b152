/**
 * Compares TSGI with other frameworks in one run: `npm run bench -- [work…]`. README.md describes the works and the method.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { parseArgs, styleText } from 'node:util'
import { chart } from './harness/chart.ts'
import { allVersions, describeMachine, machineLine } from './harness/machine.ts'
import { pinSelf } from './harness/processes.ts'
import { BuildError } from './harness/published.ts'
import { judge, starved } from './harness/statistics.ts'
import { type Emphasis, resultTable } from './harness/table.ts'
import type { Work, WorkResult } from './harness/work.ts'
import { works } from './works.ts'

const usage = `usage: npm run bench -- [work…] [--quick] [--json file] [--svg file] [--list]
  works: ${works.map(({ name }) => name).join(', ')}; all of them unless some are named
  --quick      fewer and shorter rounds: to see that it runs, not to quote
  --json file  write the results, with every round
  --svg file   draw them
  --list       say what each work is`

interface Finished {
  work: Work
  result: WorkResult
}

const { names, options } = readCommandLine()
if (options.list) {
  const width = Math.max(...works.map(({ name }) => name.length))
  for (const { name, about } of works) console.log(`${name.padEnd(width)}  ${about}`)
} else {
  process.exitCode = await run().catch((error: unknown) => {
    console.error(error instanceof BuildError ? error.message : error)
    return 1
  })
}

async function run(): Promise<number> {
  // Stop the processes that were started.
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  const machine = describeMachine()
  pinSelf()
  const versions = allVersions()
  console.log(machineLine(machine))
  for (const [name, packages] of Object.entries(versions))
    console.log(emphasis(`${name.padEnd(10)} ${packages.join(', ')}`, 'quiet'))

  const finished: Finished[] = []
  const failed: string[] = []
  for (const work of works.filter(({ name }) => names.length === 0 || names.includes(name))) {
    try {
      const { rows, notes } = await work.run({ quick: options.quick, progress })
      const result = { rows, notes: [...notes, ...starved(rows)] }
      progress('')
      finished.push({ work, result })
      console.log(`\n${resultTable(work, result, emphasis).join('\n')}`)
    } catch (error) {
      progress('')
      if (error instanceof BuildError) throw error
      failed.push(work.name)
      console.error(`\n${work.name} failed: ${(error as Error).stack}`)
    }
  }

  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify(report(finished), null, 2)}\n`)
  if (options.svg !== undefined) writeFileSync(options.svg, chart(finished, machineLine(machine)))
  if (failed.length > 0) console.error(`\nFailed: ${failed.join(', ')}`)
  return failed.length > 0 ? 1 : 0

  function report(finished: readonly Finished[]) {
    return {
      date: new Date().toISOString(),
      quick: options.quick,
      machine,
      versions,
      works: finished.map(({ work: { name, about, headline, targets }, result }) => ({
        name,
        about,
        headline,
        targets: targets.map((target) => judge(result.rows, target)),
        ...result,
      })),
    }
  }
}

function readCommandLine() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        json: { type: 'string' },
        svg: { type: 'string' },
      },
    })
    const unknown = positionals.find((name) => works.every((work) => work.name !== name))
    if (unknown !== undefined) throw new Error(`there is no work '${unknown}'`)
    for (const file of [values.json, values.svg]) if (file !== undefined) checkWritable(file)
    return { names: positionals, options: values }
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`)
    process.exit(2)
  }
}

/** Fails before the run, not ten minutes later, if a file cannot be written. */
function checkWritable(file: string): void {
  closeSync(openSync(file, 'a'))
}

/** Prints the progress on one line that the next one overwrites. Prints nothing if the output is not a terminal. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}

function emphasis(...[text, as]: Parameters<Emphasis>): string {
  const formats = { ours: 'bold', good: 'green', bad: 'red', quiet: 'gray' } as const
  return styleText(formats[as], text, { stream: process.stdout })
}
