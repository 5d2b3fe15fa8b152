import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { sideBySide } from '../harness/side-by-side.ts'
import { interval, tick } from './sse-data.ts'

const streamCount = 1000
/** Number of streams opened at a time, fewer than the listen backlog. */
const atOnce = 200
/** Number of events per stream that are measured. */
const measured = 3

/** Open pages that wait for events. */
export const sse = sideBySide({
  name: 'sse',
  about: `${streamCount.toLocaleString('en')} open streams of server-sent events, two events per second on each.`,
  headline: 'CPU of 1,000 events',
  targets: [
    { figure: 'CPU of 1,000 events', against: 'best peer', atLeast: 1 },
    { figure: 'CPU of 1,000 events', of: 'tsgi (engine)', against: 'best peer', atLeast: 1 },
  ],
  notes: [
    'Hono, h3 and @tsgi/core have helpers for events. The others write them by hand, as in their documentation.',
    'time to open: until each stream has its first event. memory per stream: growth of the process with all streams open. A missing event is an error.',
  ],

  async check({ name, port }) {
    const stream = new EventClient(port)
    await stream.has(2)
    stream.close()
    const expected = [`data: ${tick(0)}`, `data: ${tick(1)}`]
    const lines = stream.received.split(/\r?\n/).filter((line) => line.startsWith('data:'))
    if (
      !/^HTTP\/1\.1 200 /.test(stream.received) ||
      !/^content-type: text\/event-stream/im.test(stream.received)
    )
      throw new Error(`${name} answers ${stream.received.slice(0, 300)}`)
    if (lines.join('\n') !== expected.join('\n')) throw new Error(`${name} sends ${lines.join(' ')}`)
  },

  async prepare({ port }) {
    const streams = Array.from({ length: 50 }, () => new EventClient(port))
    await Promise.all(streams.map((stream) => stream.has(1)))
    for (const stream of streams) stream.close()
    await sleep(200)
  },

  async measure(running) {
    const { memory: memoryBefore } = await running.usage()
    const started = performance.now()
    const streams: EventClient[] = []
    while (streams.length < streamCount) {
      const more = Array.from({ length: atOnce }, () => new EventClient(running.port))
      await Promise.all(more.map((stream) => stream.has(1)))
      streams.push(...more)
    }
    const opened = performance.now() - started

    const before = await running.usage()
    const eventsBefore = eventsOf(streams)
    await sleep(measured * interval)
    const events = eventsOf(streams) - eventsBefore
    const after = await running.usage()

    // The last event may be late. If it does not arrive before the next one is due, it is lost.
    await Promise.race([Promise.all(streams.map((stream) => stream.has(measured))), sleep(interval)])
    const errors = streams.filter((stream) => stream.events < measured || stream.failed).length
    for (const stream of streams) stream.close()
    return {
      figures: {
        'CPU of 1,000 events': {
          unit: 'ms',
          better: 'lower',
          value: (after.cpu - before.cpu) / 1000 / (events / 1000),
        },
        'memory per stream': {
          unit: 'KB',
          better: 'lower',
          value: (after.memory - memoryBefore) / 1e3 / streamCount,
        },
        'time to open': { unit: 'ms', better: 'lower', value: opened },
      },
      errors,
    }
  },
})

function eventsOf(streams: EventClient[]): number {
  return streams.reduce((sum, { events }) => sum + events, 0)
}

/** Reads a stream over a plain socket, which costs little compared with the server. */
class EventClient {
  events = 0
  failed = false
  /** Everything received, a few hundred characters. */
  received = ''
  readonly #socket: Socket
  #at = 0
  #waiting: { events: number; resolve: () => void } | undefined

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n')
    this.#socket.on('data', (text: string) => {
      this.received += text
      this.#count()
    })
    this.#socket.on('close', () => {
      this.failed = true
      this.#waiting?.resolve()
    })
    this.#socket.on('error', () => {})
  }

  /** Waits for a number of events, or for the end of the stream. */
  has(events: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.events >= events || this.failed) resolve()
      else this.#waiting = { events, resolve }
    })
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  /** Counts events only if they are in order. */
  #count(): void {
    for (;;) {
      const next = `data: ${tick(this.events)}\n\n`
      const found = this.received.indexOf(next, this.#at)
      if (found === -1) break
      this.#at = found + next.length
      this.events++
    }
    if (this.#waiting !== undefined && this.events >= this.#waiting.events) this.#waiting.resolve()
  }
}
