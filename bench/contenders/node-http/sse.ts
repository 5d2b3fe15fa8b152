import { createServer } from 'node:http'
import { interval, tick } from '../../works/sse-data.ts'

const server = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  let number = 0
  const send = () => res.write(`data: ${tick(number++)}\n\n`)
  send()
  const timer = setInterval(send, interval)
  res.on('close', () => clearInterval(timer))
})

server.listen(Number(process.env.PORT), '127.0.0.1')
