import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import { root } from '../../works/static-data.ts'

const app = new Hono()

app.use('/assets/*', etag())
app.use(serveStatic({ root }))
app.notFound((c) => c.text('none', 200))

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
