import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client } from '@tsgi/core/testing'
import { afterAll, expect, it } from 'vitest'

process.env.GUESTBOOK_DATA = mkdtempSync(join(tmpdir(), 'live-guestbook-'))
const { application } = await import('./app.ts')
afterAll(() => rmSync(process.env.GUESTBOOK_DATA!, { recursive: true }))

it('shows entries on the page, escaped, and what is wrong with a form', async () => {
  await using web = client(application)
  const written = await web.post('/entries', { form: { author: 'Ada', message: '<b>Hello</b>' } })
  expect([written.status, written.headers.get('location')]).toEqual([303, '/'])
  const home = await web.get('/')
  expect(await home.text()).toContain('<p>&lt;b&gt;Hello&lt;/b&gt;</p>')
  expect(home.headers.get('content-security-policy')).toMatch(/script-src 'nonce-[^']{22}';/)
  const refused = await web.post('/entries', { form: { author: '', message: 'Hi & bye' } })
  expect(refused.status).toBe(422)
  expect(await refused.text()).toMatch(/Hi &amp; bye<\/textarea>[\s\S]*Write your name\./)
})

it('sends a tab the entries that it does not have, and then those that are written', async () => {
  await using web = client(application)
  await web.post('/entries', { form: { author: 'Ada', message: 'One' } })
  await web.post('/entries', { form: { author: 'Ada', message: 'Two' } })
  const [, two] = /data-id="(\d+)"/.exec(await (await web.get('/')).text())!
  const socket = await web.websocket(`/live?after=${Number(two) - 1}`)
  expect(await socket.next()).toContain('<p>Two</p>')
  await web.post('/entries', { form: { author: 'Grace', message: 'Three' } })
  expect(await socket.next()).toMatch(/<p>Three<\/p>\s*<footer>Grace/)
  socket.close()
})

it('rejects a position that is not a number', async () => {
  await using web = client(application)
  await expect(web.websocket('/live?after=x')).rejects.toThrow('rejected with status 422')
})
