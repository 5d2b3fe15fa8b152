import { stream } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { chunks } from '../../works/download-data.ts'
import { listening } from './listening.ts'

const application = router({
  '/': { GET: () => stream(chunks(), { headers: { 'content-type': 'application/octet-stream' } }) },
})

await serve(application, listening)
