import { crc32 } from 'node:zlib'
import { args, type FilePart, file, formBody } from '@tsgi/args'
import { json } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { z } from 'zod'
import { maxUpload } from '../../works/upload-data.ts'
import { listening } from './listening.ts'

async function summarize({ body }: FilePart) {
  let size = 0
  let checksum = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    checksum = crc32(chunk, checksum)
  }
  return { size, checksum }
}

const Upload = formBody(z.object({ title: z.string(), note: z.string() }), {
  files: { file: file({ maxSize: maxUpload, receive: summarize }) },
})

const application = router({
  '/': {
    POST: args({ body: Upload })(({ args }) => {
      const { title, note, file } = args.body
      return json({ title, note, ...file })
    }),
  },
})

await serve(application, listening)
