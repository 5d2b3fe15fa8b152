import { randomBytes } from 'node:crypto'
import { H3, handleCors, serve } from 'h3'
import { fields, origins, policyWith } from '../../works/headers-data.ts'

const app = new H3()

app.use((event) => {
  const answered = handleCors(event, {
    origin: origins,
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    preflight: { statusCode: 204 },
  })
  return answered === false ? undefined : answered
})
app.use((event) => {
  const { headers } = event.res
  for (const [name, value] of fields) headers.set(name, value)
  headers.set('content-security-policy', policyWith(randomBytes(16).toString('base64')))
})

app.get('/', () => 'Hello, World!')

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
