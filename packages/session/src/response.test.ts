import { redirect, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { markResponse } from './response.ts'

function headers(init: HeadersInit, used: boolean, cookieChanged: boolean): (string | null)[] {
  const response = markResponse(text('', { headers: init }), { used, cookieChanged })
  return [response.headers.get('vary'), response.headers.get('cache-control')]
}

describe('markResponse', () => {
  it('leaves a response alone whose session was not used', () => {
    const response = text('')
    expect(markResponse(response, { used: false, cookieChanged: false })).toBe(response)
  })

  it('adds Cookie to what the response varies by, unless it is there', () => {
    expect(headers({}, true, false)).toEqual(['Cookie', null])
    expect(headers({ vary: 'Accept' }, true, false)).toEqual(['Accept, Cookie', null])
    expect(headers({ vary: 'X-Cookie' }, true, false)).toEqual(['X-Cookie, Cookie', null])
    for (const vary of ['cookie', 'Accept, COOKIE ,Origin', '*']) {
      expect(headers({ vary }, true, false)).toEqual([vary, null])
    }
  })

  it('keeps caches from a response that sets the cookie, whatever it says but private', () => {
    expect(headers({}, true, true)).toEqual(['Cookie', 'no-store'])
    expect(headers({ 'cache-control': 'public, max-age=60' }, true, true)).toEqual(['Cookie', 'no-store'])
    expect(headers({ 'cache-control': 'max-age=60' }, true, false)).toEqual(['Cookie', 'max-age=60'])
    for (const control of ['private', 'max-age=0, Private', 'no-store']) {
      expect(headers({ 'cache-control': control }, true, true)).toEqual(['Cookie', control])
    }
  })

  it('keeps everything else, on an immutable response too', () => {
    const before = Response.redirect('http://localhost/next', 303)
    const after = markResponse(before, { used: true, cookieChanged: true })
    expect([after.status, after.headers.get('location')]).toEqual([303, 'http://localhost/next'])
    expect(markResponse(redirect('/'), { used: true, cookieChanged: false }).status).toBe(302)
  })
})
