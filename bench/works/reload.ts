import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, programOf, type StartOptions } from '../harness/contender.ts'
import { contendersOf, isOurs } from '../harness/contenders.ts'
import { send } from '../harness/exchange.ts'
import { endProcess, pinning, startProcess } from '../harness/processes.ts'
import type { Row, Work } from '../harness/work.ts'
import { Clients } from './reload-clients.ts'

const answer = 'Hello, World!'
/** Milliseconds from one reload to the next: enough for every worker to have been replaced. */
const apart = 2500

/** A new version goes into service while clients are at it. */
export const reload: Work = {
  name: 'reload',
  about:
    'Two workers are replaced by new ones on SIGHUP while 32 clients with connections that are kept alive send requests all the time: which of them get no answer, or another than 200?',
  headline: 'lost',
  targets: [],
  async run({ quick, progress }) {
    const rows: Row[] = []
    const notes = [
      'lost: requests a reload. Clients send again nothing, as for a POST.',
      'tsgi is run by its command, tsgi serve --workers 2. The others have nothing for it: they are run by node:cluster with the usual recipe, one new worker listening before one old worker gets SIGTERM and closes its server gracefully. The recipe is the same for Koa, Hono, h3 and Remix as for node-http.',
    ]
    for (const { name } of contendersOf('reload')) {
      progress(`reload: ${name}`)
      const { row, kinds } = await measure(name, quick ? 2 : 3)
      rows.push(row)
      for (const [kind, count] of kinds) notes.push(`${name}: ${count} × ${kind}`)
    }
    return { rows, notes }
  },
}

/** The requests that were lost, and how. */
export async function measure(
  contender: string,
  reloads: number,
  options?: StartOptions,
): Promise<{ row: Row; kinds: Map<string, number> }> {
  await using master = await startMaster(contender, options)
  const clients = new Clients(master.port, answer)
  await sleep(500)
  const lost: number[] = []
  const slowest: number[] = []
  for (let count = 0; count < reloads; count++) {
    const before = clients.lost
    clients.slowest = 0
    master.child.kill('SIGHUP')
    await sleep(apart)
    lost.push(clients.lost - before)
    slowest.push(clients.slowest)
  }
  await clients.stop()
  const perSecond = clients.answered / (0.5 + (reloads * apart) / 1000)
  const row: Row = {
    contender,
    figures: {
      lost: { unit: 'requests', better: 'lower', values: lost },
      'slowest answer': { unit: 'ms', better: 'lower', values: slowest },
      answered: { unit: 'requests/s', better: 'higher', values: [perSecond] },
    },
    errors: clients.lost,
  }
  return { row, kinds: clients.kinds }
}

interface Master extends AsyncDisposable {
  child: ChildProcess
  port: number
}

/** Starts the program with its workers, and waits until it answers as it should. */
export async function startMaster(
  contender: string,
  { fromSource = false }: StartOptions = {},
): Promise<Master> {
  const port = await freePort()
  const program = programOf(contender, 'reload', fromSource)
  const child = startProcess(process.execPath, isOurs(contender) ? command(program, port) : [program], {
    core: pinning.server,
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const stop = () => endProcess(child)
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      const { status, body } = await send(port, { path: '/' })
      if (status === 200 && body.toString() === answer) break
      throw new Error(`${contender} answers ${status}: ${body}`)
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await stop()
        throw error
      }
      await sleep(50)
    }
  }
  // Until the second worker listens too.
  await sleep(500)
  return { child, port, [Symbol.asyncDispose]: stop }
}

/** `tsgi serve`, of the packages that the program is beside. */
function command(program: string, port: number): string[] {
  const server = join(dirname(program), '../../node_modules/@tsgi/server')
  const { bin } = JSON.parse(readFileSync(join(server, 'package.json'), 'utf8'))
  return [join(server, bin.tsgi), 'serve', program, '--http', `127.0.0.1:${port}`, '--workers', '2']
}
