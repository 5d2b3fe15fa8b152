import { describe, expect, it } from 'vitest'
import { CookieJar } from '../testing.ts'

const url = new URL('http://localhost/')

/** Whether a cookie with this `Expires` is kept; the dates are in the past or in the year 2099. */
function isKept(expires: string): boolean {
  const jar = new CookieJar()
  jar.store(`a=1; Expires=${expires}`, url)
  return jar.get('a') !== undefined
}

describe('the Expires of a cookie', () => {
  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    '6 nov 1994 8:9:7',
    '08:49:37 06 November 1994',
    'Wed 08:49:37 1994-06-Nov',
    '1994 06 Nov 08:49:37',
    '06 Nov 94 08:49:37.123',
    '06th Nov 1994 08:49:37',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    '01 Jan 70 00:00:00',
    '31 Dec 1601 00:00:00',
    '29 Feb 2000 23:59:59',
  ])('can be in the past: %s', (expires) => {
    expect(isKept(expires)).toBe(false)
  })

  it.each(['Thu, 31 Dec 2099 23:59:59 GMT', '31-Dec-69 23:59:59', '2099 31 Dec 23:59:59'])(
    'can be in the future: %s',
    (expires) => {
      expect(isKept(expires)).toBe(true)
    },
  )

  // A browser ignores these, so the cookie stays until the browser is closed.
  it.each([
    '',
    'never',
    '0',
    '1994-11-06T08:49:37Z',
    '06 Nov 1994',
    '06 Nov 1994 08:49',
    'Nov 1994 08:49:37',
    '06 1994 08:49:37',
    '06 Nov 08:49:37',
    '31 Feb 1994 08:49:37',
    '00 Nov 1994 08:49:37',
    '32 Jan 1994 08:49:37',
    '06 Nov 1994 24:00:00',
    '06 Nov 1994 08:60:00',
    '06 Nov 1994 08:49:60',
    '06 Nov 1600 08:49:37',
    '06 Nov 19940 08:49:37',
    '006 Nov 1994 08:49:37',
  ])('is ignored if it is not a date: %s', (expires) => {
    expect(isKept(expires)).toBe(true)
  })
})
