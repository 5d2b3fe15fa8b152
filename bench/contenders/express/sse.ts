import express from 'express'
import { interval, tick } from '../../works/sse-data.ts'

const app = express()

app.get('/', (_req, res) => {
  res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
  res.flushHeaders()
  let number = 0
  const send = () => res.write(`data: ${tick(number++)}\n\n`)
  send()
  const timer = setInterval(send, interval)
  res.on('close', () => clearInterval(timer))
})

app.listen(Number(process.env.PORT), '127.0.0.1')
