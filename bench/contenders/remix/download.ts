import * as http from 'node:http'
import { createRouter } from '@remix-run/fetch-router'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { chunks } from '../../works/download-data.ts'

const router = createRouter()

router.get('/', () => {
  const source = chunks()
  const stream = new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await source.return(undefined)
    },
  })
  return new Response(stream, { headers: { 'Content-Type': 'application/octet-stream' } })
})

const server = http.createServer(createRequestListener((request) => router.fetch(request)))
server.listen(Number(process.env.PORT), '127.0.0.1')
