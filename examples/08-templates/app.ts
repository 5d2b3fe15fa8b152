import { setTimeout } from 'node:timers/promises'
import { type Application, stack } from '@tsgi/core'
import { router } from '@tsgi/router'
import { templates } from '@tsgi/templates'
import { markup, page } from '@tsgi/templates/markup'

interface Book {
  title: string
  year: number
}

export interface Views {
  home: { books: readonly Book[]; search: string }
  missing: { path: string }
}

const books: readonly Book[] = [
  { title: 'Pride & Prejudice', year: 1813 },
  { title: 'Emma', year: 1815 },
]

const web = stack(templates<Views>({ root: new URL('./views/', import.meta.url) }))

export function library(priceOf: (book: Book) => Promise<string>): Application {
  return router(
    web,
    {
      '/': ({ queryString, render }) => {
        const search = new URLSearchParams(queryString).get('search') ?? ''
        return render('home', { search, books: books.filter(({ title }) => title.includes(search)) })
      },

      '/prices': () =>
        page(markup`<!doctype html><title>Prices</title>
<h1>Today's prices</h1>
${books.map((book) => markup`<p>${book.title}: ${priceOf(book)}</p>\n`)}`),
    },
    { fallback: ({ pathInfo, render }) => render('missing', { path: pathInfo }, { status: 404 }) },
  )
}

export const application: Application = library(({ year }) =>
  setTimeout((year - 1812) * 1000, `£${2000 - year}`),
)
