import files from '@fastify/static'
import Fastify from 'fastify'
import { root } from '../../works/static-data.ts'

const app = Fastify()

app.register(files, { root })
app.setNotFoundHandler((_request, reply) => {
  reply.code(200).send('none')
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
