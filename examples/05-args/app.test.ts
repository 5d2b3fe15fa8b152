import { client } from '@tsgi/core/testing'
import { expect, it } from 'vitest'
import { application } from './app.ts'

const web = client(application)

it('gives the handler the output of the schemas', async () => {
  const found = await web.get('/books?tag=novel&limit=1')
  expect(await found.json()).toEqual([{ title: 'Emma', year: 1815, tags: ['novel'] }])
  expect(await (await web.get('/books/2')).json()).toMatchObject({ title: 'Pedagogy' })
})

it('accepts a book as JSON and as a form', async () => {
  const book = { title: ' Middlemarch ', year: '1871', tags: ['novel'] }
  for (const body of [{ json: book }, { form: book }]) {
    const response = await web.post('/books', body)
    expect(response.status).toBe(201)
    expect(await response.json()).toEqual({ title: 'Middlemarch', year: 1871, tags: ['novel'] })
  }
})

it('reports all errors at once', async () => {
  const response = await web.post('/books', { json: { title: '', year: 'long ago' } })
  expect(response.status).toBe(422)
  const { errors } = await response.json()
  expect(errors).toMatchObject([
    { in: 'body', path: ['title'], code: 'too_small' },
    { in: 'body', path: ['year'], code: 'invalid_type' },
  ])
})

it('rejects malformed JSON and unsupported content types', async () => {
  const broken = await web.post('/books', { body: '{', headers: { 'content-type': 'application/json' } })
  expect(broken.status).toBe(400)
  const plain = await web.post('/books', { body: 'Emma', headers: { 'content-type': 'text/plain' } })
  expect(plain.status).toBe(415)
})

it('accepts a file of the right type and size', async () => {
  const upload = (size: number, type: string) => {
    const form = new FormData()
    form.set('cover', new File([new Uint8Array(size)], 'emma.png', { type }))
    return web.put('/books/1/cover', { form })
  }
  const response = await upload(1000, 'image/png')
  expect(await response.text()).toBe('emma.png, 1000 bytes, is the cover of Emma.\n')
  expect((await upload(1000, 'text/html')).status).toBe(422)
  expect((await upload(100_001, 'image/png')).status).toBe(422)
  expect((await upload(2_000_000, 'image/png')).status).toBe(413)
})

it('shows the errors and the values that were sent', async () => {
  const response = await web.post('/', { form: { title: '', year: '1815' } })
  expect(response.status).toBe(422)
  expect(await response.text()).toContain('You wrote {"title":"","year":"1815"}.\ntitle: Too small')
})

it('describes the API in OpenAPI', async () => {
  const { openapi, paths } = await (await web.get('/openapi.json')).json()
  expect(openapi).toBe('3.1.1')
  expect(Object.keys(paths)).toEqual(['/books', '/books/{id}', '/books/{id}/cover'])
  expect(paths['/books'].get.parameters).toMatchObject([
    { name: 'tag', in: 'query', required: false },
    { name: 'limit', in: 'query', required: false },
  ])
})
