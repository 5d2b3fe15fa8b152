/** Step 1: no checks and no limits, only finds the end of the head. Unsafe for real clients. */
import { createServer } from 'node:net'
import { answerTo, HELLO, response } from './answers.ts'
import { report } from './report.ts'

report(
  createServer({ noDelay: true }, (socket) => {
    let rest = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      const text = rest + chunk.toString('latin1')
      let out = ''
      let at = 0
      for (;;) {
        const end = text.indexOf('\r\n\r\n', at)
        if (end === -1) break
        if (text.startsWith('POST', at)) {
          const [, length] = /content-length: (\d+)/i.exec(text.slice(at, end)) ?? []
          const bodyEnd = end + 4 + Number(length)
          if (bodyEnd > text.length) break
          out += response(answerTo(text.slice(end + 4, bodyEnd)))
          at = bodyEnd
        } else {
          out += response(HELLO)
          at = end + 4
        }
      }
      rest = text.slice(at)
      if (out !== '') socket.write(out, 'latin1')
    })
  }),
)
