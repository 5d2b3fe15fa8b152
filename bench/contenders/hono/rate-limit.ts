import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import { rateLimiter } from 'hono-rate-limiter'
import { generous, strict, window } from '../../works/rate-limit-data.ts'

const app = new Hono()
const options = {
  windowMs: window,
  standardHeaders: 'draft-7',
  keyGenerator: (c: Context) => getConnInfo(c).remote.address ?? '',
} as const

app.get('/', rateLimiter({ ...options, limit: generous }), (c) => c.text('Hello, World!'))
app.get('/strict', rateLimiter({ ...options, limit: strict }), (c) => c.text('Hello, World!'))

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
