import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { chunks } from '../../works/download-data.ts'

const server = createServer(async (_req, res) => {
  res.writeHead(200, { 'content-type': 'application/octet-stream' })
  try {
    await pipeline(Readable.from(chunks()), res)
  } catch {
    // The client has disconnected.
  }
})

server.listen(Number(process.env.PORT), '127.0.0.1')
