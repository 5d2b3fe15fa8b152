import compress from '@fastify/compress'
import Fastify from 'fastify'
import { orders } from '../../works/compress-data.ts'

const app = Fastify()

await app.register(compress)

app.get('/', () => orders)

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
