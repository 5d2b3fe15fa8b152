import { PassThrough } from 'node:stream'
import Koa from 'koa'
import { interval, tick } from '../../works/sse-data.ts'

const app = new Koa()

app.use((ctx) => {
  const stream = new PassThrough()
  ctx.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
  ctx.body = stream
  let number = 0
  const send = () => stream.write(`data: ${tick(number++)}\n\n`)
  send()
  const timer = setInterval(send, interval)
  ctx.res.on('close', () => clearInterval(timer))
})

app.silent = true
app.listen(Number(process.env.PORT), '127.0.0.1')
