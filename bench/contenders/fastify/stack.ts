import Fastify from 'fastify'
import { fields } from '../../works/stack-data.ts'

const app = Fastify()

for (const [name, value] of fields)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header(name, value)
    done()
  })

app.get('/', (_request, reply) => {
  reply.send('Hello, World!')
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
