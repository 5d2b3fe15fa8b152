import { EventStream, H3, serve } from 'h3'
import { interval, tick } from '../../works/sse-data.ts'

const app = new H3()

app.get('/', (event) => {
  const stream = new EventStream(event)
  let number = 0
  const send = () => stream.push(tick(number++))
  send()
  const timer = setInterval(send, interval)
  stream.onClosed(() => clearInterval(timer))
  return stream
})

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
