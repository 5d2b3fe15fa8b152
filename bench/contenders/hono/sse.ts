import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { interval, tick } from '../../works/sse-data.ts'

const app = new Hono()

app.get('/', (c) =>
  streamSSE(c, async (stream) => {
    for (let number = 0; !stream.aborted; number++) {
      await stream.writeSSE({ data: tick(number) })
      await stream.sleep(interval)
    }
  }),
)

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
