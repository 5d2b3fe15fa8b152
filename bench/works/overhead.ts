import { once } from 'node:events'
import { join } from 'node:path'
import { programOf, type StartOptions } from '../harness/contender.ts'
import { contendersOf, envOf } from '../harness/contenders.ts'
import { requestText } from '../harness/load.ts'
import { pinning, startProcess } from '../harness/processes.ts'
import { type Row, roundsOf, type Work } from '../harness/work.ts'
import { hello } from './hello.ts'
import type { OverheadTask } from './overhead-process.ts'
import { params } from './params.ts'
import { stack } from './stack.ts'
import { validate } from './validate.ts'

const works = [hello, params, validate, stack]

/** What a framework and its server cost without the kernel. */
export const overhead: Work = {
  name: 'overhead',
  about:
    'The requests of four works, over connections in memory instead of sockets: CPU time of one request.',
  headline: 'hello',
  compared: works.map(({ name }) => name),
  targets: works.map(({ name }) => ({ figure: name, against: 'best peer', atLeast: 1 })),
  async run(options) {
    const rounds = roundsOf(options, 5)
    const rows = contendersOf(hello.name, options.only).map(
      ({ name }): Row => ({ contender: name, figures: {}, errors: 0 }),
    )
    for (let round = 1; round <= rounds; round++) {
      for (const { contender, figures } of rows) {
        options.progress(`overhead: round ${round} of ${rounds}, ${contender}`)
        for (const { name, requests } of works) {
          const task = {
            requests: requests.map((request) => requestText(8000, request)),
            warmUp: 20_000,
            measured: 300,
          }
          figures[name] ??= { unit: 'µs', better: 'lower', values: [] }
          figures[name].values.push(await timeOfRequest(contender, name, task, { node: options.node }))
        }
      }
    }
    const notes = [
      'In memory, a request reaches the parser of the server as one chunk, and a response counts when its head is written. The system calls that read and write are missing, so the ratios are farther from 1 than in the works with sockets.',
      'Each process reports the fastest of its batches, so that other programs on the machine change little.',
    ]
    return { rows, notes }
  },
}

/** Returns microseconds of CPU time. */
export async function timeOfRequest(
  contender: string,
  work: string,
  task: OverheadTask,
  { node = process.execPath, fromSource = false }: StartOptions,
): Promise<number> {
  const measuring = join(import.meta.dirname, 'overhead-process.ts')
  const child = startProcess(node, [measuring, programOf(contender, work, fromSource)], {
    core: pinning.server,
    env: { ...process.env, ...envOf(contender), NODE_ENV: 'production', PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: 30_000,
  })
  let printed = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  let time: number | undefined
  child.on('message', (message) => {
    time = message as number
  })
  child.send(task)
  await once(child, 'close')
  if (time === undefined) throw new Error(`${contender}/${work}.ts cannot be measured\n${printed}`)
  return time
}
