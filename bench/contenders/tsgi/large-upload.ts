import { args, type FilePart, file, formBody } from '@tsgi/args'
import { json } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { z } from 'zod'
import { fileSize } from '../../works/large-upload-data.ts'
import { listening } from './listening.ts'

async function count({ body }: FilePart): Promise<number> {
  let size = 0
  for await (const chunk of body) size += chunk.byteLength
  return size
}

const Upload = formBody(z.object({ title: z.string() }), {
  files: { file: file({ maxSize: fileSize, receive: count }) },
})

const application = router({
  '/': { POST: args({ body: Upload })(({ args: { body } }) => json({ title: body.title, size: body.file })) },
})

await serve(application, {
  ...listening,
  maxBodySize: Number.POSITIVE_INFINITY,
})
