import { type Application, type Environ, fromFetch } from '@tsgi/core'
import { Hono } from 'hono'
import type { Visitor } from './auth.ts'

const hono = new Hono<{ Bindings: Environ & Visitor }>()
  .get('/', (c) => c.text(`Hello ${c.env.visitor ?? 'stranger'}`))
  .get('/books/:title', (c) => c.json({ title: c.req.param('title'), page: c.req.query('page') }))
  .post('/books', async (c) => c.json(await c.req.json(), 201))

export const application: Application<Visitor> = fromFetch<Visitor>(hono.fetch)
