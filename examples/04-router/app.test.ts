import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { expect, it } from 'vitest'
import { application } from './app.ts'

const web = client(application)

it('dispatches by path and method', async () => {
  const created = await web.post('/books', { json: { title: 'Persuasion' } })
  expect(created.status).toBe(201)
  expect(created.headers.get('location')).toBe('/books/3')

  const found = await web.get('/books/3')
  expect(await found.json()).toEqual({ id: '3', title: 'Persuasion' })

  expect((await web.delete('/books/3')).status).toBe(204)
  expect((await web.get('/books/3')).status).toBe(404)
})

it('returns 405 for methods that are not in the table, and handles OPTIONS and HEAD', async () => {
  const rejected = await web.put('/books/1')
  expect(rejected.status).toBe(405)
  expect(rejected.headers.get('allow')).toBe('GET, DELETE, HEAD, OPTIONS')

  const options = await web.options('/books/1')
  expect(options.status).toBe(204)
  expect(options.headers.get('allow')).toBe('GET, DELETE, HEAD, OPTIONS')

  const head = await web.head('/books/1')
  expect(head.status).toBe(200)
  expect(await head.text()).toBe('')
})

it('splits the path between scriptName and pathInfo at a mount', async () => {
  const response = await web.get('/where/am/i')
  expect(await response.json()).toEqual({ scriptName: '/where', pathInfo: '/am/i' })
})

it('passes paths that no pattern matches to the fallback', async () => {
  const response = await web.get('/films')
  expect(response.status).toBe(404)
  expect(await response.text()).toBe('There is nothing at /films.')
})

it('rejects two patterns that match the same paths', () => {
  const app = () => text('')
  expect(() => router({ '/books/:id': app, '/books/:title': app })).toThrow('/books/:title')
})

it('builds paths and lists the routes', () => {
  expect(application.href('/where/*rest', { rest: ['a b'] })).toBe('/where/a%20b')
  expect(application.routes().map(({ method, pattern }) => `${method} ${pattern}`)).toEqual([
    '* /',
    'GET /books',
    'POST /books',
    'GET /books/:id',
    'DELETE /books/:id',
    '* /where/*rest',
  ])
})
