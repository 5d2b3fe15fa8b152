import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express from 'express'
import { chunks } from '../../works/download-data.ts'

const app = express()

app.get('/', async (_req, res) => {
  res.type('application/octet-stream')
  try {
    await pipeline(Readable.from(chunks()), res)
  } catch {
    // The client has disconnected.
  }
})

app.listen(Number(process.env.PORT), '127.0.0.1')
