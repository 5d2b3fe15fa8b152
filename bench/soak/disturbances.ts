/** What is done to the server while clients use it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { hoard } from './hostile.ts'
import type { Ledger } from './ledger.ts'
import { MAX_DESCRIPTORS, type SoakServer } from './server.ts'

interface Disturbed {
  readonly server: SoakServer
  readonly port: number
  readonly ledger: Ledger
}

type Disturbance = readonly [name: string, run: (disturbed: Disturbed) => Promise<void> | void]

const freeze = (milliseconds: number): Disturbance => [
  `a worker is frozen for ${milliseconds / 1_000} s`,
  async ({ server }) => {
    const pid = await anyWorker(server)
    process.kill(pid, 'SIGSTOP')
    await sleep(milliseconds)
    process.kill(pid, 'SIGCONT')
  },
]

const exhaust: Disturbance = [
  'file descriptors run out',
  async ({ ledger, port }) => {
    const end = ledger.exhausting()
    await hoard(port, 2 * MAX_DESCRIPTORS, 3_000)
    // Until the workers have closed their ends.
    await sleep(5_000)
    end()
  },
]

const signal = (name: NodeJS.Signals): Disturbance => [name, ({ server }) => server.signal(name)]

/** Those after which the same workers keep running. */
export const gentle: readonly Disturbance[] = [freeze(3_000), exhaust, freeze(1_500), freeze(7_000)]

/** All of them. */
export const all: readonly Disturbance[] = [
  signal('SIGHUP'),
  freeze(3_000),
  signal('SIGTTIN'),
  ['a worker receives SIGTERM', async ({ server }) => void process.kill(await anyWorker(server), 'SIGTERM')],
  [
    'a worker is killed',
    async ({ server, ledger }) => {
      const pid = await anyWorker(server)
      ledger.killing()
      process.kill(pid, 'SIGKILL')
    },
  ],
  exhaust,
  signal('SIGTTOU'),
  [
    'two reloads at once',
    ({ server }) => {
      server.signal('SIGHUP')
      server.signal('SIGHUP')
    },
  ],
  freeze(7_000),
  signal('SIGUSR1'),
]

async function anyWorker(server: SoakServer): Promise<number> {
  const pids = await server.workers()
  return pids[Math.floor(Math.random() * pids.length)]!
}
