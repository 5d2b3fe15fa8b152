import { args, formBody, openapi } from '@tsgi/args'
import { HttpError, html, json, text } from '@tsgi/core'
import { router } from '@tsgi/router'
import { z } from 'zod'

const Book = z.object({
  title: z.string().trim().min(1),
  year: z.coerce.number().int().min(1450),
  tags: z.array(z.string()).default([]),
})
const Id = z.object({ id: z.coerce.number().int().positive() })
const Search = z.object({ tag: z.string().optional(), limit: z.coerce.number().int().max(100).default(10) })
const Cover = z.object({ cover: z.file().mime(['image/png', 'image/jpeg']).max(100_000) })

const books = [
  { title: 'Emma', year: 1815, tags: ['novel'] },
  { title: 'Pedagogy', year: 1803, tags: [] },
]

function find(id: number) {
  const book = books[id - 1]
  if (book === undefined) throw new HttpError(404, `There is no book ${id}.`)
  return book
}

const api = router({
  '/books': {
    GET: args({ query: Search })(({ args: { query } }) =>
      json(books.filter(({ tags }) => !query.tag || tags.includes(query.tag)).slice(0, query.limit)),
    ),
    POST: args({ body: Book, responses: { 201: Book } })(({ args, reply }) => {
      books.push(args.body)
      return reply(201, args.body, { headers: { location: `/books/${books.length}` } })
    }),
  },
  '/books/:id': {
    GET: args({ path: Id, responses: { 200: Book } })(({ args, reply }) => reply(200, find(args.path.id))),
  },
  '/books/:id/cover': {
    PUT: args({ path: Id, body: formBody(Cover) })(({ args: { path, body } }) =>
      text(`${body.cover.name}, ${body.cover.size} bytes, is the cover of ${find(path.id).title}.\n`),
    ),
  },
})

const form = `<!doctype html><title>Suggest a book</title>
<form method="post"><input name="title"><input name="year"><button>Suggest</button></form>`

export const application = router({
  '/': {
    GET: () => html(form),
    POST: args({ body: formBody(Book) })(
      ({ args }) => text(`Thank you for ${args.body.title}.\n`),
      ({ errors, values }) => {
        const lines = errors.map(({ path, message }) => `${path.join('.')}: ${message}\n`)
        return text(`You wrote ${JSON.stringify(values.body)}.\n${lines.join('')}`, { status: 422 })
      },
    ),
  },
  '/openapi.json': () => json(openapi(api, { title: 'Books', version: '1.0.0' })),
  '/*rest': api,
})
