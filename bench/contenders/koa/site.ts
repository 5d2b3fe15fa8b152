import { join } from 'node:path'
import render from '@koa/ejs'
import Router from '@koa/router'
import Koa from 'koa'
import session from 'koa-session'
import { books, secret } from '../../works/site-data.ts'

const sessions = new Map<string, object>()
const store = {
  async get(key: string) {
    return sessions.get(key)
  },
  async set(key: string, value: object) {
    sessions.set(key, value)
  },
  async destroy(key: string) {
    sessions.delete(key)
  },
}

const app = new Koa()
app.keys = [secret]
app.use(session({ store }, app))
render(app, { root: join(import.meta.dirname, 'views'), viewExt: 'ejs' })

const router = new Router()

router.get('/', async (ctx) => {
  const session = ctx.session!
  const visits = (session.visits ?? 0) + 1
  const messages = session.flash ?? []
  session.visits = visits
  delete session.flash
  await ctx.render('home', {
    title: 'Books',
    theme: ctx.cookies.get('theme') ?? 'light',
    visits,
    messages,
    books,
  })
})

router.post('/', (ctx) => {
  const session = ctx.session!
  session.flash = [...(session.flash ?? []), 'Saved.']
  ctx.status = 303
  ctx.redirect('/')
})

app.use(router.routes())
app.use(router.allowedMethods())
app.listen(Number(process.env.PORT), '127.0.0.1')
