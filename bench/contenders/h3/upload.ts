import { crc32 } from 'node:zlib'
import { bodyLimit, H3, HTTPError, serve } from 'h3'
import { maxUpload } from '../../works/upload-data.ts'

const app = new H3()

app.post(
  '/',
  async (event) => {
    const form = await event.req.formData()
    const file = form.get('file')
    if (!(file instanceof File)) throw new HTTPError({ status: 400, message: 'A file is missing' })
    return {
      title: form.get('title'),
      note: form.get('note'),
      size: file.size,
      checksum: crc32(await file.bytes()),
    }
  },
  { middleware: [bodyLimit(maxUpload)] },
)

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
