import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { html as remixHtml } from '@remix-run/html-template'
import { plainParts } from '@tsgi/core/gateway'
import { testEnviron } from '@tsgi/core/testing'
import { templates as tsgiTemplates } from '@tsgi/templates'
import { markup } from '@tsgi/templates/markup'
import ejs from 'ejs'
import { Eta } from 'eta'
import { html as honoHtml } from 'hono/html'
import { jsx, jsxs } from 'hono/jsx/jsx-runtime'
import { books } from '../works/site-data.ts'
import { normalized } from '../works/site-page.ts'
import { inProcess, type MeasureRows } from './in-process.ts'
import { again, type Contender, rowsOf } from './rows.ts'

const views = join(import.meta.dirname, 'views')

const render = tsgiTemplates({ root: views, reload: false })(({ render }) => render('rows', { books }))
const environ = testEnviron('/')
const eta = new Eta({ views, cache: true })
const ejsRows = ejs.compile(readFileSync(join(views, 'rows.ejs'), 'utf8'))

export const contenders: readonly Contender[] = [
  contender('tsgi', () => String(plainParts(render(environ) as Response)!.body)),
  contender('tsgi markup', () =>
    String(
      markup`<table>${books.map(
        ({ number, title, author, note }) =>
          markup`<tr><td>${number}</td><td>${title}</td><td>${author}</td><td>${note}</td></tr>`,
      )}</table>`,
    ),
  ),
  contender('eta', () => eta.render('rows', { books })),
  contender('ejs', () => ejsRows({ books })),
  contender('hono/html', () =>
    String(
      honoHtml`<table>${books.map(
        ({ number, title, author, note }) =>
          honoHtml`<tr><td>${number}</td><td>${title}</td><td>${author}</td><td>${note}</td></tr>`,
      )}</table>`,
    ),
  ),
  // What JSX compiles to.
  contender('hono/jsx', () =>
    String(
      jsx(
        'table',
        {
          children: books.map(({ number, title, author, note }) =>
            jsxs(
              'tr',
              {
                children: [
                  jsx('td', { children: number }, undefined),
                  jsx('td', { children: title }, undefined),
                  jsx('td', { children: author }, undefined),
                  jsx('td', { children: note }, undefined),
                ],
              },
              undefined,
            ),
          ),
        },
        undefined,
      ),
    ),
  ),
  contender('remix html-template', () =>
    String(
      remixHtml`<table>${books.map(
        ({ number, title, author, note }) =>
          remixHtml`<tr><td>${number}</td><td>${title}</td><td>${author}</td><td>${note}</td></tr>`,
      )}</table>`,
    ),
  ),
]

export const templates = inProcess({
  name: 'templates',
  about: 'Renders a table of 50 rows with every character that must be escaped in HTML.',
  headline: 'render',
  targets: [{ figure: 'render', against: 'best peer', atLeast: 1 }],
  notes: [
    '`tsgi` is Eta through `templates()`, including the response. `tsgi markup` and the last three are written in TypeScript, without template files.',
  ],
})

export const measureRows: MeasureRows = (isQuick) => rowsOf(contenders, isQuick, 'µs')

function contender(name: string, once: () => string): Contender {
  return { name, figures: { render: again(once) }, check: () => normalized(once()) === expected }
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const expected = `<table>${books
  .map(
    ({ number, title, author, note }) =>
      `<tr><td>${number}</td><td>${escaped(title)}</td><td>${escaped(author)}</td><td>${escaped(note)}</td></tr>`,
  )
  .join('')}</table>`
