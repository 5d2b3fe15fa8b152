import Fastify from 'fastify'
import { routes } from '../../works/params-data.ts'

const app = Fastify()

const string = { type: 'string' }
const answer = { type: 'object', properties: { resource: string, id: string, comment: string } }

for (const { resource, pattern } of routes)
  app.get<{ Params: { id?: string; comment?: string } }>(
    pattern,
    { schema: { response: { 200: answer } } },
    (request, reply) => {
      reply.send({ resource, ...request.params })
    },
  )

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
