import { crc32 } from 'node:zlib'
import multipart from '@fastify/multipart'
import fastify from 'fastify'
import { maxUpload } from '../../works/upload-data.ts'

const app = fastify()
app.register(multipart, { limits: { fileSize: maxUpload } })

app.post('/', async (request) => {
  const fields: Record<string, unknown> = {}
  let size = 0
  let checksum = 0
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      for await (const chunk of part.file) {
        size += chunk.length
        checksum = crc32(chunk, checksum)
      }
    } else {
      fields[part.fieldname] = part.value
    }
  }
  return { title: fields.title, note: fields.note, size, checksum }
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
