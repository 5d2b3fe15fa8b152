/**
 * Measures the memory of 10,000 idle and of 1,000 slow connections: before, while they are open, and after they have closed.
 * A third of the slow ones sends a head byte by byte, a third sends a body, and a third reads a response.
 *
 * Usage: node bench/soak/connections.ts [SECONDS]. They stay open that long, three times. Default: 60.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { accepts, freePort } from '../../scripts/ports.ts'
import { endProcess, startProcess } from '../harness/processes.ts'
import { type Point, trendOf } from './trend.ts'

const seconds = Number(process.argv[2] ?? 60)
const ROUNDS = 3
/** Connections that are opened at once: the backlog of the server is limited. */
const AT_ONCE = 100
const BYTE_MS = 100
const SAMPLES = 20

type Open = (socket: Socket, signal: AbortSignal) => void

const HEAD = 'Host: a\r\n'

const idle: Open = (socket) => void socket.write(`GET / HTTP/1.1\r\n${HEAD}\r\n`)

const slow: readonly Open[] = [
  (socket, signal) => drip(socket, `GET / HTTP/1.1\r\n${HEAD}X: `, signal),
  (socket, signal) => drip(socket, `POST /upload HTTP/1.1\r\n${HEAD}Content-Length: 1000000\r\n\r\n`, signal),
  (socket, signal) => {
    socket.write(`GET /download HTTP/1.1\r\n${HEAD}\r\n`)
    sip(socket, signal)
  },
]

const kinds: readonly (readonly [name: string, count: number, opens: readonly Open[]])[] = [
  ['idle', 10_000, [idle]],
  ['slow', 1_000, slow],
]

console.log(
  '| engine | connections | in use before | each | while open, first round | last round | after | resident |',
)
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
for (const engine of ['node', 'tsgi']) {
  for (const kind of kinds) await measure(engine, ...kind)
}

async function measure(engine: string, name: string, count: number, opens: readonly Open[]): Promise<void> {
  const port = await freePort()
  const server = startProcess(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'connections-app.ts')],
    {
      env: { ...process.env, NODE_ENV: 'production', PORT: String(port), ENGINE: engine },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  try {
    while (!(await accepts(port))) await sleep(20)
    // The first round loads and compiles what is used later.
    await round(port, count, opens, 5)
    const before = await used(port)
    const medians: number[] = []
    let resident = 0
    for (let n = 0; n < ROUNDS; n++) {
      const samples = await round(port, count, opens, seconds)
      medians.push(trendOf(samples.map(({ at, bytes }): Point => [at, bytes])).median)
      resident = Math.max(resident, ...samples.map(({ rss }) => rss))
    }
    const [first = 0, last = 0] = [medians[0], medians.at(-1)]
    const after = await used(port)
    const cells = [
      engine,
      `${count} ${name}`,
      mebibytes(before.bytes),
      `${((last - before.bytes) / count / 1_024).toFixed(1)} KiB`,
      mebibytes(first),
      mebibytes(last),
      mebibytes(after.bytes),
      mebibytes(resident),
    ]
    console.log(`| ${cells.join(' | ')} |`)
  } finally {
    await endProcess(server)
  }
}

interface Sample {
  readonly at: number
  /** The heap and the buffers in use after a complete garbage collection. */
  readonly bytes: number
  readonly rss: number
}

/** Opens the connections, samples the memory of the server while they are open, and closes them. */
async function round(
  port: number,
  count: number,
  opens: readonly Open[],
  seconds: number,
): Promise<Sample[]> {
  const closing = new AbortController()
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const size = Math.min(AT_ONCE, count - sockets.length)
    sockets.push(...(await Promise.all(Array.from({ length: size }, () => open(port)))))
  }
  for (const [at, socket] of sockets.entries()) opens[at % opens.length]!(socket, closing.signal)
  await sleep(2_000)
  const samples: Sample[] = []
  for (let n = 0; n < SAMPLES; n++) {
    await sleep((seconds * 1_000) / SAMPLES)
    samples.push(await used(port))
  }
  closing.abort()
  const lost = sockets.filter(({ destroyed, readableEnded }) => destroyed || readableEnded).length
  if (lost > 0) console.error(`${lost} connections were closed by the server`)
  for (const socket of sockets) socket.resetAndDestroy()
  await sleep(2_000)
  return samples
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  await once(socket, 'connect')
  return socket.on('error', () => {}).resume()
}

/** Sends a text, then one byte after another. */
function drip(socket: Socket, text: string, signal: AbortSignal): void {
  socket.write(text)
  const timer = setInterval(() => socket.write('x'), BYTE_MS)
  signal.addEventListener('abort', () => clearInterval(timer))
}

/** Reads a kilobyte from time to time. */
function sip(socket: Socket, signal: AbortSignal): void {
  socket.pause()
  const timer = setInterval(() => socket.read(1_024), BYTE_MS)
  signal.addEventListener('abort', () => clearInterval(timer))
}

async function used(port: number): Promise<Sample> {
  const response = await fetch(`http://127.0.0.1:${port}/memory`, { headers: { connection: 'close' } })
  const { heapUsed, external, rss } = (await response.json()) as NodeJS.MemoryUsage
  return { at: performance.now(), bytes: heapUsed + external, rss }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
