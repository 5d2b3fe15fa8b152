import { stack, text } from '@tsgi/core'
import { cors } from '@tsgi/cors'
import { NONCE, secureHeaders } from '@tsgi/secure-headers'
import { serve } from '@tsgi/server'
import { origins } from '../../works/headers-data.ts'
import { listening } from './listening.ts'

const web = stack(
  cors({ origin: origins }),
  secureHeaders({
    contentSecurityPolicy: {
      'default-src': "'self'",
      'script-src': ["'self'", NONCE],
      'style-src': ["'self'", NONCE],
      'object-src': "'none'",
      'base-uri': "'none'",
      'frame-ancestors': "'self'",
    },
    crossOriginResourcePolicy: 'cross-origin',
  }),
)

await serve(
  web(() => text('Hello, World!')),
  listening,
)
