import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { orders } from '../../works/compress-data.ts'

const app = new Hono()

app.use(compress())

app.get('/', (c) => c.json(orders))

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
