import { redirect, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { withCacheHeaders } from './cache-headers.ts'

function headers(init: HeadersInit, isUsed: boolean, setsCookie: boolean): (string | null)[] {
  const response = withCacheHeaders(text('', { headers: init }), { isUsed, setsCookie })
  return [response.headers.get('vary'), response.headers.get('cache-control')]
}

describe('withCacheHeaders', () => {
  it('returns the same response if the session was not used', () => {
    const response = text('')
    expect(withCacheHeaders(response, { isUsed: false, setsCookie: false })).toBe(response)
  })

  it('adds Cookie to Vary unless it is there', () => {
    expect(headers({}, true, false)).toEqual(['Cookie', null])
    expect(headers({ vary: 'Accept' }, true, false)).toEqual(['Accept, Cookie', null])
    expect(headers({ vary: 'X-Cookie' }, true, false)).toEqual(['X-Cookie, Cookie', null])
    for (const vary of ['cookie', 'Accept, COOKIE ,Origin', '*']) {
      expect(headers({ vary }, true, false)).toEqual([vary, null])
    }
  })

  it('sets no-store on a response that sets the cookie, unless it is private', () => {
    expect(headers({}, true, true)).toEqual(['Cookie', 'no-store'])
    expect(headers({ 'cache-control': 'public, max-age=60' }, true, true)).toEqual(['Cookie', 'no-store'])
    expect(headers({ 'cache-control': 'max-age=60' }, true, false)).toEqual(['Cookie', 'max-age=60'])
    for (const control of ['private', 'max-age=0, Private', 'no-store']) {
      expect(headers({ 'cache-control': control }, true, true)).toEqual(['Cookie', control])
    }
  })

  it('keeps everything else, even if the response is immutable', () => {
    const before = Response.redirect('http://localhost/next', 303)
    const after = withCacheHeaders(before, { isUsed: true, setsCookie: true })
    expect([after.status, after.headers.get('location')]).toEqual([303, 'http://localhost/next'])
    expect(withCacheHeaders(redirect('/'), { isUsed: true, setsCookie: false }).status).toBe(302)
  })
})
