import { H3, serve } from 'h3'
import { orders } from '../../works/compress-data.ts'

const app = new H3()

// h3 has no middleware for compression.
app.use(async (event, next) => {
  const response = Response.json(await next())
  if (!event.req.headers.get('accept-encoding')?.includes('gzip')) return response
  const body = response.body!.pipeThrough(new CompressionStream('gzip'))
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', vary: 'Accept-Encoding' }
  return new Response(body, { headers })
})

app.get('/', () => orders)

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
