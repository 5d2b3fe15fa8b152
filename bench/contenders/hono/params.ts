import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { routes } from '../../works/params-data.ts'

const app = new Hono()

for (const { resource, pattern } of routes) app.get(pattern, (c) => c.json({ resource, ...c.req.param() }))

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
