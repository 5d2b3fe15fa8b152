import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { crc32 } from 'node:zlib'
import { sideBySide } from '../harness/side-by-side.ts'
import { fields, fileSize } from './upload-data.ts'

const atOnce = 4
const seconds = 1

const file = randomBytes(fileSize)
const form = multipart()
const expected = { ...fields, size: fileSize, checksum: crc32(file) }

/** A form with a large file, as a browser sends it. */
export const upload = sideBySide({
  name: 'upload',
  about: `POST / parses multipart/form-data with two fields and a file of 10 MB, and returns the fields, the file’s size and its CRC-32 as JSON; ${atOnce} at a time.`,
  headline: 'CPU per upload',
  targets: [
    { figure: 'CPU per upload', against: 'best peer', atLeast: 1 },
    { figure: 'CPU per upload', of: 'tsgi (engine)', against: 'best peer', atLeast: 1 },
  ],
  notes: [
    'Each with its usual parser: multer in memory (express, koa), @fastify/multipart and @tsgi/args, which stream the file, c.req.parseBody() (hono), event.req.formData() (h3), @remix-run/form-data-parser, and Response.formData() for node-http.',
    'h3 has no limit here, because its bodyLimit() drops the content type of a form (2.0.8).',
    'peak memory: of a process that has done nothing else.',
  ],

  async check({ name, port }) {
    const answer = await send(port)
    for (const [key, value] of Object.entries(expected))
      if (answer[key] !== value)
        throw new Error(`${name} answers ${JSON.stringify(answer)}, not ${JSON.stringify(expected)}`)
  },

  async prepare({ port }) {
    for (let count = 0; count < 5; count++) await send(port)
  },

  async measure(running) {
    const before = await running.usage()
    const started = performance.now()
    const { uploads, errors } = await keepSending(running.port, started + seconds * 1000)
    const elapsed = (performance.now() - started) / 1000
    const after = await running.usage()
    const cpu = (after.cpu - before.cpu) / 1000 / uploads
    return {
      figures: {
        'uploads/s': { unit: 'uploads/s', better: 'higher', value: uploads / elapsed },
        'CPU per upload': { unit: 'ms', better: 'lower', value: cpu },
        'peak memory': { unit: 'MB', better: 'lower', value: after.peakMemory / 1e6 },
      },
      errors,
    }
  },
})

async function keepSending(port: number, until: number): Promise<{ uploads: number; errors: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  let uploads = 0
  let errors = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < until) {
        try {
          const { checksum } = await send(port, agent)
          if (checksum !== expected.checksum) errors++
          uploads++
        } catch {
          errors++
          if (errors > 20) return
        }
      }
    }),
  )
  agent.destroy()
  return { uploads, errors }
}

/** Returns the response to one upload. */
function send(port: number, agent?: Agent): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': form.type, 'content-length': form.body.length }
    const outgoing = request(
      { host: '127.0.0.1', port, method: 'POST', path: '/', headers, agent: agent ?? false },
      async (incoming) => {
        try {
          let body = ''
          for await (const text of incoming.setEncoding('utf8')) body += text
          if (incoming.statusCode !== 200)
            throw new Error(`an upload is answered ${incoming.statusCode}: ${body}`)
          resolve(JSON.parse(body))
        } catch (error) {
          reject(error)
        }
      },
    )
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error('no answer to an upload')))
    outgoing.on('error', reject)
    outgoing.end(form.body)
  })
}

function multipart(): { type: string; body: Buffer } {
  const boundary = '----formdata-bench-018842136097'
  const head = Object.entries(fields)
    .map(
      ([name, value]) =>
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    .join('')
  const fileHead = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="sea.raw"\r\ncontent-type: application/octet-stream\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head + fileHead), file, Buffer.from(`\r\n--${boundary}--\r\n`)])
  return { type: `multipart/form-data; boundary=${boundary}`, body }
}
