import Fastify from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { Order } from '../../works/validate-data.ts'

const app = Fastify().withTypeProvider<ZodTypeProvider>()

// Only the validator is zod's. Fastify's own serializer, compiled from the response schema, is faster.
app.setValidatorCompiler(validatorCompiler)

const answer = { type: 'object', properties: { reference: { type: 'string' } } }

app.post('/orders', { schema: { body: Order, response: { 200: answer } } }, (request, reply) => {
  reply.send({ reference: request.body.reference })
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
