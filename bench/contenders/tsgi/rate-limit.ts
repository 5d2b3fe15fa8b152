import { text } from '@tsgi/core'
import { rateLimit } from '@tsgi/rate-limit'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { generous, strict, window } from '../../works/rate-limit-data.ts'
import { listening } from './listening.ts'

const application = router({
  '/': rateLimit({ points: generous, window })(() => text('Hello, World!')),
  '/strict': rateLimit({ points: strict, window })(() => text('Hello, World!')),
})

await serve(application, listening)
