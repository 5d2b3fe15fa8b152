import { describe, expect, it } from 'vitest'
import { plainParts } from '../gateway.ts'
import { errorOf, errorResponse, HttpError, json, stream, text, withBody, withHeaders } from '../index.ts'
import { testEnviron } from '../testing.ts'

describe('withBody', () => {
  it.each<[string, Response]>([
    ['a light response', json({}, { status: 201, statusText: 'Done', headers: { etag: '"a"' } })],
    ['a stream', stream(['{}'], { status: 201, statusText: 'Done', headers: { etag: '"a"' } })],
    ['a native response', Response.json({}, { status: 201, statusText: 'Done', headers: { etag: '"a"' } })],
  ])('keeps the status and the headers of %s', async (_, original) => {
    const headers = [...original.headers]
    const response = withBody(original, 'new')
    expect([response.status, response.statusText, [...response.headers]]).toEqual([201, 'Done', headers])
    expect(await response.text()).toBe('new')
  })

  it('adds no content type', () => {
    const response = withBody(withHeaders(text(''), { 'content-type': null }), 'text')
    expect(response.headers.has('content-type')).toBe(false)
  })

  it('takes bytes, which can be written in one call', () => {
    const bytes = new Uint8Array([1, 2, 3])
    expect(plainParts(withBody(text('old'), bytes))?.body).toBe(bytes)
  })

  it('takes an iterable, which is read on demand', async () => {
    const asked: number[] = []
    function* numbers() {
      for (let n = 1; n < 3; n++) {
        asked.push(n)
        yield `${n} `
      }
    }
    const response = withBody(text('old'), numbers())
    expect(asked).toEqual([])
    expect(await response.text()).toBe('1 2 ')
  })

  it('takes null for no body', () => {
    expect(withBody(text('old'), null).body).toBeNull()
  })

  it('keeps the error that the response was made of', () => {
    const error = new HttpError(404)
    const response = withBody(errorResponse(error, testEnviron('/')), 'not here')
    expect(errorOf(response)).toBe(error)
  })

  it('throws if the body is not one, or if the status allows none', () => {
    expect(() => withBody(text(''), 7 as never)).toThrow(
      new TypeError('withBody: body must be iterable, got 7'),
    )
    expect(() => withBody(new Response(null, { status: 204 }), 'text')).toThrow(TypeError)
  })
})
