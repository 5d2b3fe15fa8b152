import assert from 'node:assert/strict'
import { it } from 'node:test'
import { client } from '@tsgi/core/testing'
import { application } from '../src/app.ts'

it('shows an entry to everyone, and remembers the name of its author', async () => {
  const [ada, bob] = [client(application), client(application)]
  const form = { name: 'Ada', message: '<b>Hello</b>' }
  const thanks = await ada.post('/guestbook', { form, redirect: 'follow' })
  assert.match(await thanks.text(), /Thank you/)

  const page = await (await bob.get('/guestbook')).text()
  assert.match(page, /<strong>Ada<\/strong>: &lt;b&gt;Hello/)
  assert.doesNotMatch(page, /value="Ada"/)
  assert.match(await (await ada.get('/guestbook')).text(), /value="Ada"/)
})

it('shows the form again if a field is empty', async () => {
  const response = await client(application).post('/guestbook', { form: { name: 'Bob', message: '' } })
  assert.equal(response.status, 422)
  assert.match(await response.text(), /Write something first/)
})

it('rejects forms of other sites', async () => {
  const response = await client(application).post('/guestbook', {
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  assert.equal(response.status, 403)
})

it('has the entries as JSON', async () => {
  const response = await client(application).get('/entries.json')
  assert.match(await response.text(), /"name":"Ada"/)
})
