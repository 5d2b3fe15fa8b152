import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../scripts/ports.ts'
import { programOf } from '../harness/contender.ts'
import { contendersOf } from '../harness/contenders.ts'
import { send } from '../harness/exchange.ts'
import { endProcess, pinning, startProcess } from '../harness/processes.ts'
import { type Figure, type Row, roundsOf, type Work } from '../harness/work.ts'

/** The cost of a restart, a deployment or a serverless cold start. */
export const cold: Work = {
  name: 'cold',
  about:
    'Starts the program of hello: time to the first response, and the part that importing its packages takes.',
  headline: 'first response',
  targets: [
    { figure: 'first response', against: 'hono', atLeast: 1 },
    { figure: 'imports', against: 'hono', atLeast: 1 },
  ],
  async run(options) {
    const { node, progress } = options
    const rounds = roundsOf(options, 5)
    const rows = contendersOf('hello', options.only)
      .filter(({ variantOf }) => variantOf === undefined)
      .map(({ name: contender }) => ({
        contender,
        firstResponse: [] as number[],
        imports: [] as number[],
        cpu: [] as number[],
      }))
    // The first round fills the file system caches and does not count.
    for (let round = 0; round <= rounds; round++)
      for (const { contender, firstResponse, imports, cpu } of rows) {
        progress(`cold: round ${round} of ${rounds}, ${contender}`)
        const first = await untilFirstResponse(contender, node)
        const importing = await importTime(contender, node)
        if (round === 0) continue
        firstResponse.push(first)
        imports.push(importing.time)
        cpu.push(importing.cpu)
      }
    return {
      rows: rows.map(({ contender, firstResponse, imports, cpu }): Row => {
        const figures: Record<string, Figure> = {
          'first response': { unit: 'ms', better: 'lower', values: firstResponse },
          imports: { unit: 'ms', better: 'lower', values: imports },
          'CPU of imports': { unit: 'ms', better: 'lower', values: cpu },
        }
        return { contender, figures, errors: 0 }
      }),
      notes: ['each process is new, and finds its files in the cache of the file system'],
    }
  },
}

async function untilFirstResponse(contender: string, node: string): Promise<number> {
  const program = programOf(contender, 'hello')
  const port = await freePort()
  const began = performance.now()
  const child = startProcess(node, [program], {
    core: pinning.server,
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port) },
    stdio: 'ignore',
  })
  try {
    for (;;) {
      try {
        const { body } = await send(port, { path: '/' })
        const time = performance.now() - began
        if (body.toString() !== 'Hello, World!') throw new Error(`${contender} answers ${body}`)
        return time
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error
        if (performance.now() - began > 10_000) throw new Error(`${contender} does not listen`)
        await sleep(1)
      }
    }
  } finally {
    await endProcess(child)
  }
}

/** Returns the milliseconds that importing the program's imports takes, one after the other, in a new process. */
async function importTime(contender: string, node: string): Promise<{ time: number; cpu: number }> {
  const program = programOf(contender, 'hello')
  // Only packages: the program's own files are TypeScript, and loading what strips their types takes 20 ms.
  const packages = importsOf(readFileSync(program, 'utf8')).filter((name) => !name.startsWith('.'))
  const imports = packages.map((name) => `await import('${name}')`)
  const code = `const [began, before] = [performance.now(), process.cpuUsage()]
${imports.join('\n')}
const { user, system } = process.cpuUsage(before)
process.stdout.write(JSON.stringify({ time: performance.now() - began, cpu: (user + system) / 1000 }))
process.exit()`
  const child = startProcess(node, ['--input-type=module', '--eval', code], {
    core: pinning.server,
    // Evaluated code resolves packages from the working directory.
    cwd: dirname(program),
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
  })
  let printed = ''
  for await (const chunk of child.stdout!) printed += chunk
  if (printed === '') throw new Error(`the imports of ${contender} fail`)
  return JSON.parse(printed)
}

function importsOf(source: string): string[] {
  return [...source.matchAll(/^import (?!type ).* from '([^']+)'$/gm)].map((match) => match[1]!)
}
