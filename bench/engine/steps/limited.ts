/** Step 3: adds limits on what a client may send, how long it may take, and how much may wait for it. */
import { createServer } from 'node:net'
import { HttpError } from '@tsgi/core'
import { type BodyReader, ChunkedReader, LengthReader } from '../chunked.ts'
import { HeadParser } from '../head-parser.ts'
import { lastWords } from '../last-words.ts'
import { CHUNKED } from '../request-head.ts'
import { engineSettings } from '../settings.ts'
import type { Waiting } from '../sweep.ts'
import { answerTo, HELLO, response } from './answers.ts'
import { report } from './report.ts'

const { limits, sweep } = engineSettings(() => {
  throw new Error('this step has no turns')
})

report(
  createServer({ noDelay: true }, (socket) => {
    const parser = new HeadParser(limits)
    const waiting: Waiting = { deadline: sweep.after(limits.headersTimeout), late: () => socket.destroy() }
    sweep.add(waiting)
    let rest: Buffer | undefined
    let body: BodyReader | undefined
    let json = ''
    socket.on('error', () => {})
    socket.on('timeout', () => socket.destroy())
    socket.on('drain', () => {
      socket.setTimeout(0)
      socket.resume()
    })
    socket.on('close', () => sweep.remove(waiting))
    socket.on('data', (chunk) => {
      const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk])
      let out = ''
      let at = 0
      try {
        while (at < bytes.length) {
          if (body !== undefined) {
            const from = at
            at = body.read(bytes, at)
            if (body.data !== undefined) json += body.data.toString('latin1')
            if (json.length > limits.maxBodySize) throw new HttpError(413)
            if (body.done) {
              out += response(answerTo(json))
              body = undefined
              json = ''
            } else if (at === from) break
            continue
          }
          const head = parser.parse(bytes, at)
          if (head === undefined) break
          at += parser.length
          if (head.bodyLength > limits.maxBodySize) throw new HttpError(413)
          if (head.bodyLength === 0) out += response(HELLO)
          else body = head.bodyLength === CHUNKED ? new ChunkedReader() : new LengthReader(head.bodyLength)
        }
      } catch (error) {
        socket.end(out + lastWords(error instanceof HttpError ? error : new HttpError(500)))
        return
      }
      rest = at === bytes.length ? undefined : bytes.subarray(at)
      if (rest === undefined && body === undefined) waiting.deadline = sweep.after(limits.keepAliveTimeout)
      else if (body !== undefined) waiting.deadline = sweep.after(limits.bodyIdleTimeout)
      if (out === '' || socket.write(out, 'latin1')) return
      socket.pause()
      socket.setTimeout(limits.sendTimeout)
    })
  }),
)
