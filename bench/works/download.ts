import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningContender } from '../harness/contender.ts'
import { sideBySide } from '../harness/side-by-side.ts'

const size = 2 ** 30
const slow = { seconds: 2, bytesPerSecond: 20_000_000 }

/** A large response that is generated while it is sent. */
export const download = sideBySide({
  name: 'download',
  about:
    'GET / returns a gigabyte, generated in chunks of 64 KB: first to a client that reads 20 MB per second, then to one that reads as fast as it can.',
  headline: 'CPU per GB',
  targets: [],
  notes: [
    'memory for a slow client: growth of the process in 2 seconds with a slow client. With back-pressure it is a few MB, which allocation alone can cause.',
    'The CPU time of every contender includes allocating and filling the chunks.',
  ],
  rounds: 1,

  async check({ name, port }) {
    const taken = await take(port, 4_000_000)
    if (taken.status !== 200 || taken.type !== 'application/octet-stream')
      throw new Error(`${name} answers ${taken.status} ${taken.type}`)
    if (taken.wrong !== undefined) throw new Error(`${name} sends a wrong byte at ${taken.wrong}`)
  },

  // The slow download comes first, because garbage of the fast one would hide its memory.
  async prepare(running) {
    await memoryForSlowClient(running, 0.5)
  },

  async measure(running) {
    const memory = await memoryForSlowClient(running, slow.seconds)
    await take(running.port, 128_000_000)
    const before = await running.usage()
    const started = performance.now()
    const { bytes } = await take(running.port, size)
    const seconds = (performance.now() - started) / 1000
    const after = await running.usage()
    return {
      figures: {
        'memory for a slow client': { unit: 'MB', better: 'lower', value: memory / 1e6 },
        'MB/s': { unit: 'MB/s', better: 'higher', value: bytes / 1e6 / seconds },
        'CPU per GB': { unit: 'ms', better: 'lower', value: (after.cpu - before.cpu) / 1000 },
        'peak memory': { unit: 'MB', better: 'lower', value: after.peakMemory / 1e6 },
      },
      errors: bytes === size ? 0 : 1,
    }
  },
})

interface Taken {
  status: number | undefined
  type: string | undefined
  bytes: number
  /** Offset of the first wrong byte, checked in samples. */
  wrong: number | undefined
}

/** Downloads a number of bytes, then disconnects. */
function take(port: number, atMost: number): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, agent: false }, (incoming) => {
      const taken: Taken = {
        status: incoming.statusCode,
        type: incoming.headers['content-type'],
        bytes: 0,
        wrong: undefined,
      }
      incoming.on('data', (chunk: Buffer) => {
        if (chunk[0] !== (Math.floor(taken.bytes / 65_536) & 0xff)) taken.wrong ??= taken.bytes
        taken.bytes += chunk.length
        if (taken.bytes < atMost || atMost === size) return
        resolve(taken)
        outgoing.destroy()
      })
      incoming.on('end', () => resolve(taken))
      incoming.on('error', reject)
    })
    outgoing.setTimeout(20_000, () => outgoing.destroy(new Error('a download that stands still')))
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** Returns the growth of the process in bytes while a slow client reads. */
async function memoryForSlowClient(running: RunningContender, seconds: number): Promise<number> {
  const { memory: before } = await running.usage()
  const socket = connect({ port: running.port, host: '127.0.0.1' })
  socket.on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
  let most = before
  const stop = readSlowly(socket)
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    await sleep(100)
    most = Math.max(most, (await running.usage()).memory)
  }
  stop()
  socket.destroy()
  return Math.max(0, most - before)
}

/** Reads every 10 ms, up to the given speed. */
function readSlowly(socket: Socket): () => void {
  const started = performance.now()
  let taken = 0
  socket.pause()
  const timer = setInterval(() => {
    const due = ((performance.now() - started) / 1000) * slow.bytesPerSecond
    while (taken < due) {
      const chunk: Buffer | null = socket.read()
      if (chunk === null) break
      taken += chunk.length
    }
  }, 10)
  return () => clearInterval(timer)
}
