import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Load, Step } from './steps.ts'

/** Runs a program on one processor, if the system can. */
export function pinned(processor: number, command: string, args: readonly string[]): [string, string[]] {
  return canPin ? ['taskset', ['-c', String(processor), command, ...args]] : [command, [...args]]
}

export const canPin: boolean = spawnSync('taskset', ['-c', '0,1', 'true']).status === 0

/** Runs one step in its own process. */
export class StepProcess implements Disposable {
  readonly step: Step
  readonly port: number
  readonly #child: ChildProcess

  private constructor(step: Step, port: number, child: ChildProcess) {
    this.step = step
    this.port = port
    this.#child = child
  }

  static async start(step: Step): Promise<StepProcess> {
    const [command, args] = pinned(0, process.execPath, [])
    const child = fork(join(import.meta.dirname, 'steps', `${step.name}.ts`), {
      execPath: command,
      execArgv: args,
      env: { ...process.env, NODE_ENV: 'production' },
    })
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    return new StepProcess(step, port, child)
  }

  /** Returns the CPU time of the process in microseconds. */
  async cpu(): Promise<number> {
    const answer = once(this.#child, 'message') as Promise<[NodeJS.CpuUsage]>
    this.#child.send('cpu')
    const [{ user, system }] = await answer
    return user + system
  }

  /** Throws if the step does not respond like the others. */
  async check({ request, depth, expected }: Load): Promise<void> {
    const socket = connect(this.port, '127.0.0.1')
    socket.write(request.repeat(depth))
    let received = ''
    for await (const chunk of socket) {
      received += chunk
      if (received.split(`\r\n\r\n${expected}`).length > depth) return
    }
    throw new Error(`${this.step.name} sent ${JSON.stringify(received)}`)
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}
