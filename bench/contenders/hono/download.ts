import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { chunks } from '../../works/download-data.ts'

const app = new Hono()

app.get('/', (c) => {
  c.header('Content-Type', 'application/octet-stream')
  return stream(c, async (stream) => {
    for await (const chunk of chunks()) {
      if (stream.aborted) break
      await stream.write(chunk)
    }
  })
})

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
