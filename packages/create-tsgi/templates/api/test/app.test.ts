import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { client } from '@tsgi/core/testing'
import { application } from '../src/app.ts'
import { priceOf } from '../src/prices.ts'

describe('POST /prices', () => {
  it('returns the price of a parcel', async () => {
    const response = await client(application).post('/prices', { json: { weight: 2.5, express: true } })
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { cents: 1400 })
  })

  it('says what is wrong with a parcel', async () => {
    const response = await client(application).post('/prices', { json: { weight: 31 } })
    assert.equal(response.status, 422)
    const { errors } = (await response.json()) as { errors: { path: string[] }[] }
    assert.deepEqual(
      errors.map(({ path }) => path),
      [['weight']],
    )
  })
})

describe('priceOf', () => {
  it('charges for each kilogram that has begun', () => {
    assert.equal(priceOf({ weight: 0.1, express: false }), 500)
    assert.equal(priceOf({ weight: 1, express: false }), 500)
    assert.equal(priceOf({ weight: 1.1, express: false }), 600)
  })
})
// #if openapi

describe('GET /openapi.json', () => {
  it('describes the API', async () => {
    const response = await client(application).get('/openapi.json')
    const { paths } = (await response.json()) as { paths: Record<string, object> }
    assert.deepEqual(Object.keys(paths), ['/prices'])
  })
})
// #endif
// #if cors

describe('pages of other origins', () => {
  it('can read responses', async () => {
    const headers = { origin: 'https://example.com' }
    const response = await client(application).post('/prices', { headers, json: { weight: 1 } })
    assert.equal(response.headers.get('access-control-allow-origin'), '*')
  })
})
// #endif
// #if rate-limit

describe('the rate limit', () => {
  it('is in the headers of every response', async () => {
    const response = await client(application).post('/prices', { json: { weight: 1 } })
    assert.equal(response.headers.get('ratelimit-policy'), '"default";q=100;w=60')
  })
})
// #endif
