import { PassThrough } from 'node:stream'
import fastify from 'fastify'
import { interval, tick } from '../../works/sse-data.ts'

const app = fastify()

app.get('/', (_request, reply) => {
  const stream = new PassThrough()
  let number = 0
  const send = () => stream.write(`data: ${tick(number++)}\n\n`)
  send()
  const timer = setInterval(send, interval)
  reply.raw.on('close', () => clearInterval(timer))
  return reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }).send(stream)
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
