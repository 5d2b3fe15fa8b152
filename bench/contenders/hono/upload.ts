import { crc32 } from 'node:zlib'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { maxUpload } from '../../works/upload-data.ts'

const app = new Hono()

app.post('/', bodyLimit({ maxSize: maxUpload }), async (c) => {
  const { title, note, file } = await c.req.parseBody()
  if (!(file instanceof File)) return c.text('A file is missing', 400)
  return c.json({ title, note, size: file.size, checksum: crc32(await file.bytes()) })
})

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
