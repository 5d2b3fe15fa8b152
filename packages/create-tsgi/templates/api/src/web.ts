/** The middleware around every route. */
import { stack } from '@tsgi/core'
// #if cors
import { cors } from '@tsgi/cors'
// #endif
// #if log
import { log } from '@tsgi/log'
// #endif
// #if rate-limit
import { rateLimit } from '@tsgi/rate-limit'
// #endif
import { secureHeaders } from '@tsgi/secure-headers'

// #if log
import { pino } from 'pino'
// #endif

/** The first layer is the outermost: it sees a request first and its response last. */
export const web = stack(
  // #if log
  // Node's test runner sets this variable: tests write no log.
  log(pino({ enabled: process.env.NODE_TEST_CONTEXT === undefined })),
  // #endif
  // #if cors
  // Pages of every origin can read the responses. Browsers send no cookies.
  cors({ origin: '*' }),
  // #endif
  secureHeaders(),
  // #if rate-limit
  // Each worker process counts separately. The README shows how to count together.
  rateLimit({ points: 100, window: '1m' }),
  // #endif
)
