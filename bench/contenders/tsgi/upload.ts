import { crc32 } from 'node:zlib'
import { args, formBody } from '@tsgi/args'
import { json } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { z } from 'zod'
import { maxUpload } from '../../works/upload-data.ts'

const Upload = z.object({ title: z.string(), note: z.string(), file: z.file() })

const application = router({
  '/': {
    POST: args({ body: formBody(Upload), limits: { maxBodySize: maxUpload } })(async ({ args }) => {
      const { title, note, file } = args.body
      return json({ title, note, size: file.size, checksum: crc32(await file.bytes()) })
    }),
  },
})

await serve(application, { listen: `http://127.0.0.1:${process.env.PORT}` })
