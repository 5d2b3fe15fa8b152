/** Step 2: parses heads and bodies by RFC 9112, without limits. */
import { createServer } from 'node:net'
import { type BodyReader, ChunkedReader, LengthReader } from '../chunked.ts'
import { HeadParser } from '../head-parser.ts'
import { CHUNKED } from '../request-head.ts'
import { answerTo, HELLO, response } from './answers.ts'
import { report } from './report.ts'

const NONE = Number.POSITIVE_INFINITY
const limits = { maxHeaderSize: NONE, maxHeadersCount: NONE, maxUrlLength: NONE }

report(
  createServer({ noDelay: true }, (socket) => {
    const parser = new HeadParser(limits)
    let rest: Buffer | undefined
    let body: BodyReader | undefined
    let json = ''
    socket.on('error', () => {})
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
          if (head.bodyLength === 0) out += response(HELLO)
          else body = head.bodyLength === CHUNKED ? new ChunkedReader() : new LengthReader(head.bodyLength)
        }
      } catch {
        socket.destroy()
      }
      rest = at === bytes.length ? undefined : bytes.subarray(at)
      if (out !== '') socket.write(out, 'latin1')
    })
  }),
)
