import { serve } from '@hono/node-server'
import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { Order } from '../../works/validate-data.ts'

const app = new Hono()

app.post('/orders', zValidator('json', Order), (c) => {
  const { reference } = c.req.valid('json')
  return c.json({ reference })
})

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
