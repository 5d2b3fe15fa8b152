import assert from 'node:assert/strict'
import { it } from 'node:test'
import { client } from '@tsgi/core/testing'
import { application } from '../src/app.ts'

it('greets a visitor by name', async () => {
  const response = await client(application).get('/hello/Ada')
  assert.match(await response.text(), /<h1>Hello Ada<\/h1>/)
})
