import { client } from '@tsgi/core/testing'
import { templates } from '@tsgi/templates'
import { expect, it } from 'vitest'
import { application, library, type Views } from './app.ts'

const web = client(application)

it('renders a page with its layout and its parts', async () => {
  const response = await web.get('/')
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const page = await response.text()
  expect(page).toContain('<title>A library</title>')
  expect(page).toContain('<li><cite>Pride &amp; Prejudice</cite> (1813)</li>')
})

it('escapes the search text', async () => {
  const page = await (await web.get('/?search="><script>alert(1)</script>')).text()
  expect(page).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
  expect(page).not.toContain('<script>')
})

it('renders a page for unknown paths', async () => {
  const response = await web.get('/films')
  expect(response.status).toBe(404)
  expect(await response.text()).toContain('There is no page at <code>/films</code>.')
})

it('sends the heading while it waits for the prices', async () => {
  const price = Promise.withResolvers<string>()
  const response = await client(library(() => price.promise)).get('/prices')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()

  const { value: first } = await reader.read()
  expect(first).toContain("<h1>Today's prices</h1>")

  price.resolve('£7 < £8')
  const { value: next } = await reader.read()
  expect(next).toContain('£7 &lt; £8')
  await reader.cancel()
})

it('does not compile if data is missing or the template does not exist', () => {
  const web = templates<Views>({ root: new URL('./views/', import.meta.url) })
  // @ts-expect-error 'search' is missing
  web(({ render }) => render('home', { books: [] }))
  // @ts-expect-error there is no template 'hom'
  web(({ render }) => render('hom', { books: [], search: '' }))
})
