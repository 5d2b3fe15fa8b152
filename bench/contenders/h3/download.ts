import { H3, iterable, serve } from 'h3'
import { chunks } from '../../works/download-data.ts'

const app = new H3()

app.get('/', (event) => {
  event.res.headers.set('content-type', 'application/octet-stream')
  return iterable(chunks())
})

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
