import * as http from 'node:http'
import { createCookie } from '@remix-run/cookie'
import { createRouter } from '@remix-run/fetch-router'
import { html, type SafeHtml } from '@remix-run/html-template'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { Session } from '@remix-run/session'
import { createMemorySessionStorage } from '@remix-run/session/memory-storage'
import { session } from '@remix-run/session-middleware'
import { parseCookie } from 'cookie'
import { type Book, books, secret } from '../../works/site-data.ts'

const sessionCookie = createCookie('__session', { secrets: [secret], httpOnly: true, sameSite: 'Lax' })

const router = createRouter({ middleware: [session(sessionCookie, createMemorySessionStorage())] })

interface Page {
  title: string
  theme: string
  visits: number
  message: string | undefined
  books: readonly Book[]
}

function layout({ title, theme, visits, message, books }: Page, body: SafeHtml): SafeHtml {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
      </head>
      <body class="${theme}">
        <header><h1>${title}</h1><p>Visit ${visits}</p></header>
        ${message && html`<p class="flash">${message}</p>`}
        ${body}
        <footer>${books.length} books</footer>
      </body>
    </html>`
}

function home(page: Page): SafeHtml {
  return layout(
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
}

router.get('/', (context) => {
  const session = context.get(Session)
  const visits = Number(session.get('visits') ?? 0) + 1
  session.set('visits', visits)
  const message = session.get('message') as string | undefined
  // Remix cookies only read values that Remix has encoded.
  const { theme = 'light' } = parseCookie(context.request.headers.get('Cookie') ?? '')
  const page = home({ title: 'Books', theme, visits, message, books })
  return new Response(String(page), { headers: { 'Content-Type': 'text/html; charset=utf-8' } })
})

router.post('/', (context) => {
  context.get(Session).flash('message', 'Saved.')
  return new Response(null, { status: 303, headers: { Location: '/' } })
})

const server = http.createServer(createRequestListener((request) => router.fetch(request)))
server.listen(Number(process.env.PORT), '127.0.0.1')
