import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { client } from '@tsgi/core/testing'
import { application } from '../src/app.ts'

describe('the site', () => {
  it('has a home page', async () => {
    const response = await client(application).get('/')
    assert.equal(response.status, 200)
    assert.match(await response.text(), /<h1>my-app<\/h1>/)
  })

  it('serves the files in public/', async () => {
    const response = await client(application).get('/style.css')
    assert.equal(response.headers.get('content-type'), 'text/css; charset=utf-8')
  })

  it('says which page does not exist, and escapes its path', async () => {
    const response = await client(application).get('/this&that')
    assert.equal(response.status, 404)
    assert.match(await response.text(), /\/this&amp;that/)
  })
})
