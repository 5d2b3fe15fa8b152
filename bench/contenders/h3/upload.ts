import { crc32 } from 'node:zlib'
import { H3, HTTPError, serve } from 'h3'

const app = new H3()

app.post('/', async (event) => {
  const form = await event.req.formData()
  const file = form.get('file')
  if (!(file instanceof File)) throw new HTTPError({ status: 400, message: 'A file is missing' })
  const checksum = crc32(await file.bytes())
  return { title: form.get('title'), note: form.get('note'), size: file.size, checksum }
})

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
