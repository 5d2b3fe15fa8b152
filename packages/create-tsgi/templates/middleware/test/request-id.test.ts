import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HttpError, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { requestId } from '../src/request-id.ts'

describe('requestId', () => {
  it('adds the id to the environ and to the response', async () => {
    const response = await client(requestId()(({ requestId }) => text(requestId))).get('/')
    const id = response.headers.get('x-request-id')
    assert.match(String(id), /^[\da-f-]{36}$/)
    assert.equal(await response.text(), id)
  })

  it('adds the id to error responses', async () => {
    const missing = () => {
      throw new HttpError(404)
    }
    const response = await client(requestId()(missing)).get('/')
    assert.equal(response.status, 404)
    assert.ok(response.headers.has('x-request-id'))
  })

  it('keeps the id of the request only if it is trusted and valid', async () => {
    const show = ({ requestId }: { requestId: string }) => text(requestId)
    const idFor = async (trusted: boolean, id: string) => {
      const response = await client(requestId({ trusted })(show)).get('/', {
        headers: { 'x-request-id': id },
      })
      return response.text()
    }
    assert.equal(await idFor(true, 'from-the-proxy'), 'from-the-proxy')
    assert.notEqual(await idFor(true, 'no id'), 'no id')
    assert.notEqual(await idFor(false, 'from-the-client'), 'from-the-client')
  })

  it('rejects unknown and invalid options', () => {
    assert.throws(() => requestId({ header: 'x request id' }), /header must be a valid header name/)
    assert.throws(() => requestId({ headers: 'x-id' } as object), /did you mean 'header'\?/)
  })
})
