import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import { generous, strict, window } from '../../works/rate-limit-data.ts'

const app = Fastify()

await app.register(rateLimit, { max: generous, timeWindow: window, enableDraftSpec: true })

app.get('/', (_request, reply) => {
  reply.send('Hello, World!')
})
app.get('/strict', { config: { rateLimit: { max: strict } } }, (_request, reply) => {
  reply.send('Hello, World!')
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
