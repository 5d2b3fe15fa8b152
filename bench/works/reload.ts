import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../scripts/ports.ts'
import { programOf, type StartOptions } from '../harness/contender.ts'
import { contendersOf, isOurs } from '../harness/contenders.ts'
import { send } from '../harness/exchange.ts'
import { endProcess, pinning, startProcess } from '../harness/processes.ts'
import { type Row, roundsOf, type Work } from '../harness/work.ts'
import { Clients } from './reload-clients.ts'

const answer = 'Hello, World!'
/** Milliseconds between reloads, enough to replace every worker. */
const apart = 2500

/** Deploys a new version while clients send requests. */
export const reload: Work = {
  name: 'reload',
  about:
    'SIGHUP replaces two workers while 32 clients send requests over keep-alive connections: how many get no response, or one other than 200?',
  headline: 'lost',
  targets: [],
  async run(options) {
    const { node, only, progress } = options
    const rows: Row[] = []
    const notes = [
      'lost: requests per reload. Clients do not retry, as if each were a POST.',
      'tsgi runs by its command, tsgi serve --workers 2. The others have none, so they run on node:cluster with the usual recipe: a new worker listens before an old one gets SIGTERM and closes its server gracefully. For Koa, Hono, h3 and Remix the recipe is that of node-http.',
    ]
    for (const { name } of contendersOf('reload', only).filter(({ variantOf }) => variantOf === undefined)) {
      progress(`reload: ${name}`)
      const { row, kinds } = await measure(name, roundsOf(options, 3), { node })
      rows.push(row)
      for (const [kind, count] of kinds) notes.push(`${name}: ${count} × ${kind}`)
    }
    return { rows, notes }
  },
}

/** Counts the lost requests by kind. */
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

/** Starts the program with its workers and waits for a correct response. */
export async function startMaster(
  contender: string,
  { fromSource = false, node = process.execPath }: StartOptions = {},
): Promise<Master> {
  const port = await freePort()
  const program = programOf(contender, 'reload', fromSource)
  const child = startProcess(node, isOurs(contender) ? command(program, port) : [program], {
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
  // Wait until the second worker listens, too.
  await sleep(500)
  return { child, port, [Symbol.asyncDispose]: stop }
}

/** The command `tsgi serve` of the installed packages. */
function command(program: string, port: number): string[] {
  const home = join(dirname(program), '../../node_modules/tsgi')
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return [join(home, bin.tsgi), 'serve', program, '--http', `127.0.0.1:${port}`, '--workers', '2']
}
