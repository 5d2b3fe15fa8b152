import { join } from 'node:path'
import { Eta } from 'eta'
import { getCookie, H3, html, raw, redirect, serve, useSession } from 'h3'
import { books, secret } from '../../works/site-data.ts'

interface Visitor {
  visits: number
  messages: string[]
}

const sessionConfig = { password: secret, cookie: { secure: false } }
const eta = new Eta({ views: join(import.meta.dirname, 'views'), cache: true })
const app = new H3()

app.get('/', async (event) => {
  const session = await useSession<Visitor>(event, sessionConfig)
  const { visits = 0, messages = [] } = session.data
  await session.update({ visits: visits + 1, messages: [] })
  const theme = getCookie(event, 'theme') ?? 'light'
  return html(raw(eta.render('home', { title: 'Books', theme, visits: visits + 1, messages, books })))
})

app.post('/', async (event) => {
  const session = await useSession<Visitor>(event, sessionConfig)
  await session.update(({ messages = [] }) => ({ messages: [...messages, 'Saved.'] }))
  return redirect('/', 303)
})

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
