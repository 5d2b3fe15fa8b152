import { Readable } from 'node:stream'
import fastify from 'fastify'
import { chunks } from '../../works/download-data.ts'

const app = fastify()

app.get('/', (_request, reply) => reply.type('application/octet-stream').send(Readable.from(chunks())))

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
