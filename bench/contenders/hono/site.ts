import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { html } from 'hono/html'
import { MemoryStore, type Session, sessionMiddleware } from 'hono-sessions'
import { type Book, books, secret } from '../../works/site-data.ts'

type Visitor = { visits: number; info: string }

const app = new Hono<{ Variables: { session: Session<Visitor>; session_key_rotation: boolean } }>()

app.use(
  '*',
  sessionMiddleware({
    store: new MemoryStore(),
    encryptionKey: secret,
    expireAfterSeconds: 900,
    cookieOptions: { sameSite: 'Lax', path: '/', httpOnly: true },
  }),
)

interface Page {
  title: string
  theme: string
  visits: number
  message: string | null
  books: readonly Book[]
}

const layout = ({ title, theme, visits, message, books }: Page, body: unknown) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
</head>
<body class="${theme}">
<header><h1>${title}</h1><p>Visit ${visits}</p></header>
${message && html`<p class="flash">${message}</p>`}
${body}
<footer>${books.length} books</footer>
</body>
</html>`

const home = (page: Page) =>
  layout(
    page,
    html`<table>
<thead><tr><th>Number</th><th>Title</th><th>Author</th><th>Note</th></tr></thead>
<tbody>
${page.books.map(
  ({ number, title, author, note }) =>
    html`<tr><td>${number}</td><td>${title}</td><td>${author}</td><td>${note}</td></tr>`,
)}
</tbody>
</table>`,
  )

app.get('/', (c) => {
  const session = c.get('session')
  const visits = (session.get('visits') ?? 0) + 1
  session.set('visits', visits)
  const theme = getCookie(c, 'theme') ?? 'light'
  return c.html(home({ title: 'Books', theme, visits, message: session.get('info'), books }))
})

app.post('/', (c) => {
  c.get('session').flash('info', 'Saved.')
  return c.redirect('/', 303)
})

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
