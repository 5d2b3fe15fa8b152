import { join } from 'node:path'
import cookie from '@fastify/cookie'
import flash from '@fastify/flash'
import session from '@fastify/session'
import view from '@fastify/view'
import { Eta } from 'eta'
import fastify from 'fastify'
import { books, secret } from '../../works/site-data.ts'

declare module 'fastify' {
  interface Session {
    visits: number
  }
}

const app = fastify()
app.register(cookie)
app.register(session, { secret, cookie: { secure: false }, saveUninitialized: false })
app.register(flash)
app.register(view, {
  engine: { eta: new Eta() },
  root: join(import.meta.dirname, 'views'),
  layout: 'layout.eta',
})

app.get('/', (request, reply) => {
  request.session.visits = (request.session.visits ?? 0) + 1
  return reply.viewAsync('home.eta', {
    title: 'Books',
    theme: request.cookies.theme ?? 'light',
    visits: request.session.visits,
    messages: reply.flash('info'),
    books,
  })
})

app.post('/', (request, reply) => {
  request.flash('info', 'Saved.')
  return reply.redirect('/', 303)
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
