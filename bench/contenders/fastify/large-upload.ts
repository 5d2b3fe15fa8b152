import multipart from '@fastify/multipart'
import fastify from 'fastify'
import { fileSize } from '../../works/large-upload-data.ts'

const app = fastify()
app.register(multipart, { limits: { fileSize } })

app.post('/', async (request) => {
  const fields: Record<string, unknown> = {}
  let size = 0
  for await (const part of request.parts()) {
    if (part.type === 'file') for await (const chunk of part.file) size += chunk.length
    else fields[part.fieldname] = part.value
  }
  return { title: fields.title, size }
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
