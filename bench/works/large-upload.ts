import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { sideBySide } from '../harness/side-by-side.ts'
import { fileSize, title } from './large-upload-data.ts'

const boundary = '----formdata-bench-018842136097'
const block = randomBytes(1_000_000)

/** A file that does not fit in memory. */
export const largeUpload = sideBySide({
  name: 'large-upload',
  about:
    'POST / streams a multipart/form-data file of 5 GB, counts its bytes and forgets them, and returns the size and a field as JSON.',
  headline: 'peak memory',
  targets: [],
  notes: [
    'Only frameworks whose usual parser streams: @fastify/multipart, and `receive` of @tsgi/args.',
    'peak memory: maximum resident set size of a process that has done nothing else.',
  ],
  frameworks: ['fastify', 'tsgi'],
  rounds: 1,

  async check({ name, port }) {
    const { size, ...rest } = await send(port, block.length)
    if (size !== block.length || rest.title !== title)
      throw new Error(`${name} responds with ${JSON.stringify({ size, ...rest })}`)
  },

  async prepare() {},

  async measure(running) {
    const before = await running.usage()
    const started = performance.now()
    const { size } = await send(running.port, fileSize)
    const seconds = (performance.now() - started) / 1000
    const after = await running.usage()
    const cpu = (after.cpu - before.cpu) / 1000 / (fileSize / 1e9)
    return {
      figures: {
        'peak memory': { unit: 'MB', better: 'lower', value: after.peakMemory / 1e6 },
        'MB/s': { unit: 'MB/s', better: 'higher', value: fileSize / 1e6 / seconds },
        'CPU per GB': { unit: 'ms', better: 'lower', value: cpu },
      },
      errors: size === fileSize ? 0 : 1,
    }
  },
})

/** Returns the response to a form with a file of this size. */
async function send(port: number, size: number): Promise<Record<string, unknown>> {
  const head = Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="title"\r\n\r\n${title}\r\n` +
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="sea.raw"\r\n` +
      'content-type: application/octet-stream\r\n\r\n',
  )
  const end = Buffer.from(`\r\n--${boundary}--\r\n`)
  const headers = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': head.length + size + end.length,
  }
  const outgoing = request({ host: '127.0.0.1', port, method: 'POST', headers, agent: false })
  const response = once(outgoing, 'response')
  outgoing.write(head)
  for (let sent = 0; sent < size; sent += block.length) {
    if (!outgoing.write(block)) await once(outgoing, 'drain')
  }
  outgoing.end(end)
  const [incoming] = await response
  let body = ''
  for await (const text of incoming.setEncoding('utf8')) body += text
  if (incoming.statusCode !== 200) throw new Error(`status ${incoming.statusCode}: ${body}`)
  return JSON.parse(body)
}
