import { stream } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { chunks } from '../../works/download-data.ts'

const application = router({
  '/': { GET: () => stream(chunks(), { headers: { 'content-type': 'application/octet-stream' } }) },
})

await serve(application, { listen: `http://127.0.0.1:${process.env.PORT}` })
