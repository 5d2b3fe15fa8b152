/**
 * Compares TSGI with other frameworks in one run: `npm run bench -- [work…]`. README.md describes the works and the method.
 */
import { styleText } from 'node:util'
import { type CommandLine, parseCommandLine, usage } from './harness/command-line.ts'
import { allVersions, describeMachine, machineLine } from './harness/machine.ts'
import { nodeVersion } from './harness/node.ts'
import { pinSelf } from './harness/processes.ts'
import { BuildError } from './harness/published.ts'
import { writeReport } from './harness/report.ts'
import { saveResult } from './harness/results.ts'
import { starved } from './harness/statistics.ts'
import { type Emphasis, resultTable } from './harness/table.ts'
import { claims, works } from './works.ts'

const { works: chosen, node, rounds, only, quick, save, report, list } = readCommandLine()
if (list) {
  const width = Math.max(...works.map(({ name }) => name.length))
  for (const { name, about } of works) console.log(`${name.padEnd(width)}  ${about}`)
} else if (report) {
  writeReport(works, claims)
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
  const machine = describeMachine(nodeVersion(node))
  pinSelf()
  const versions = allVersions()
  console.log(machineLine(machine))
  for (const [name, packages] of Object.entries(versions))
    console.log(emphasis(`${name.padEnd(10)} ${packages}`, 'quiet'))

  const failed: string[] = []
  for (const work of chosen) {
    const began = performance.now()
    try {
      const { rows, notes } = await work.run({ node, rounds, quick, only, progress })
      const result = { rows, notes: [...notes, ...starved(rows)] }
      progress('')
      console.log(`\n${resultTable(work, result, emphasis).join('\n')}`)
      console.log(emphasis(`  ${Math.round((performance.now() - began) / 1000)} s`, 'quiet'))
      if (save) {
        saveResult(work.name, { date: new Date().toISOString(), machine, versions, ...result })
        writeReport(works, claims)
      }
    } catch (error) {
      progress('')
      if (error instanceof BuildError) throw error
      failed.push(work.name)
      console.error(`\n${work.name} failed: ${(error as Error).stack}`)
    }
  }
  if (failed.length > 0) console.error(`\nFailed: ${failed.join(', ')}`)
  return failed.length > 0 ? 1 : 0
}

function readCommandLine(): CommandLine {
  try {
    return parseCommandLine(process.argv.slice(2))
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`)
    process.exit(2)
  }
}

/** Prints the progress on one line that the next one overwrites. Prints nothing if the output is not a terminal. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}

function emphasis(...[text, as]: Parameters<Emphasis>): string {
  const formats = { ours: 'bold', good: 'green', bad: 'red', quiet: 'gray' } as const
  return styleText(formats[as], text, { stream: process.stdout })
}
