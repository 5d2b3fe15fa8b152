/**
 * Measures load shedding: `node bench/overload/measure.ts [seconds]`. Sends half and three times as many requests as an
 * application that computes can handle, without and with `maxEventLoopDelay`. README.md has results.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { accepts, freePort } from '../../scripts/ports.ts'
import { endProcess, pinning, pinSelf, startProcess } from '../harness/processes.ts'
import { Clients, connections, patience } from './clients.ts'

const seconds = Number(process.argv[2] ?? 10)
const limits = ['off', '100ms', '200ms', '500ms']

pinSelf()
const capacity = await withServer('off', async (clients) => {
  await clients.open()
  return await clients.measureCapacity()
})
console.log(
  `capacity ${capacity.toFixed(0)} requests/s, ${connections} connections, clients give up after ${patience / 1_000} s\n`,
)
console.log('| load | maxEventLoopDelay | 200 in time/s | p50 | p99 | 503/s | abandoned/s |')
console.log('| --- | --- | --- | --- | --- | --- | --- |')
for (const load of [0.5, 3]) {
  for (const limit of limits) await withServer(limit, (clients) => measure(clients, load, limit))
}

/** Prints a row. */
async function measure(clients: Clients, load: number, limit: string): Promise<void> {
  await clients.open()
  const { durations, rejected, abandoned } = await clients.sendAtRate(capacity * load, seconds)
  const quantile = (part: number) => {
    const duration = durations[Math.floor((durations.length - 1) * part)]
    return duration === undefined ? '-' : `${duration.toFixed(0)} ms`
  }
  const [inTime, shed, left] = [durations.length, rejected, abandoned].map((count) =>
    (count / seconds).toFixed(0),
  )
  const cells = [`${load} × capacity`, limit, inTime, quantile(0.5), quantile(0.99), shed, left]
  console.log(`| ${cells.join(' | ')} |`)
}

async function withServer<T>(limit: string, use: (clients: Clients) => Promise<T>): Promise<T> {
  const port = await freePort()
  const server = startProcess(process.execPath, [join(import.meta.dirname, 'app.ts')], {
    core: pinning.server,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      MAX_EVENT_LOOP_DELAY: limit === 'off' ? '0ms' : limit,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    while (!(await accepts(port))) await sleep(10)
    using clients = new Clients(port)
    return await use(clients)
  } finally {
    await endProcess(server)
  }
}
