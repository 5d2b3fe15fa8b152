/** Receives large files in a process of its own, and sends its port and, when asked, its peak memory in bytes. */
import { json } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { z } from 'zod'
import { args, type FilePart, file, formBody, parts } from '../src/index.ts'

const maxSize = 1_000_000_000

async function count({ body }: FilePart): Promise<number> {
  let size = 0
  for await (const chunk of body) size += chunk.byteLength
  return size
}

const files = { file: file({ maxSize, receive: count }) }
const app = router({
  '/receive': { POST: args({ body: formBody(z.object({}), { files }) })(({ args }) => json(args.body.file)) },
  '/skip': {
    async POST(environ) {
      let skipped = 0
      for await (const _ of parts(environ, { maxBodySize: maxSize })) skipped++
      return json(skipped)
    },
  },
})

const server = await serve(app, { listen: 'http://127.0.0.1:0', maxBodySize: maxSize })
process.on('message', () => process.send?.(process.resourceUsage().maxRSS * 1024))
process.send?.(server.addresses[0])
