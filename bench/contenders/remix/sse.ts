import * as http from 'node:http'
import { createRouter } from '@remix-run/fetch-router'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { interval, tick } from '../../works/sse-data.ts'

const encoder = new TextEncoder()
const router = createRouter()

router.get('/', () => {
  let timer: ReturnType<typeof setInterval>
  const stream = new ReadableStream({
    start(controller) {
      let number = 0
      const send = () => controller.enqueue(encoder.encode(`data: ${tick(number++)}\n\n`))
      send()
      timer = setInterval(send, interval)
    },
    cancel() {
      clearInterval(timer)
    },
  })
  return new Response(stream, {
    headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' },
  })
})

const server = http.createServer(createRequestListener((request) => router.fetch(request)))
server.listen(Number(process.env.PORT), '127.0.0.1')
