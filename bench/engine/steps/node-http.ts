/** The reference: node:http, used as cheaply as possible. */
import { createServer, type ServerResponse } from 'node:http'
import { answerTo, HELLO, TYPE } from './answers.ts'
import { report } from './report.ts'

report(
  createServer((incoming, outgoing) => {
    if (incoming.method !== 'POST') {
      answer(outgoing, HELLO)
      return
    }
    const chunks: Buffer[] = []
    incoming.on('data', (chunk) => chunks.push(chunk))
    incoming.on('end', () => answer(outgoing, answerTo(Buffer.concat(chunks).toString())))
  }),
)

function answer(outgoing: ServerResponse, body: string): void {
  outgoing.writeHead(200, ['content-type', TYPE, 'content-length', String(body.length)])
  outgoing.end(body)
}
