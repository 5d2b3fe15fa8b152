import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseHttpDate } from '../http.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('parseHttpDate', () => {
  it('parses every date that toUTCString formats', () => {
    const dates = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, (date) => {
        date.setUTCMilliseconds(0)
        expect(parseHttpDate(date.toUTCString())).toEqual(date)
      }),
    )
  })

  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT'],
    ['Sunday, 06-Nov-94 08:49:37 GMT'],
    ['Sun Nov  6 08:49:37 1994'],
  ])('parses %s', (value) => {
    expect(parseHttpDate(value)).toEqual(new Date('1994-11-06T08:49:37Z'))
  })

  it.each([
    ['76', 2076],
    ['77', 1977],
    ['26', 2026],
    ['00', 2000],
    ['99', 1999],
  ])('takes the year %s of 2026 for %i: at most 50 years in the future', (digits, year) => {
    vi.useFakeTimers({ now: new Date('2026-11-28T00:00:00Z') })
    expect(parseHttpDate(`Monday, 01-Jun-${digits} 00:00:00 GMT`)?.getUTCFullYear()).toBe(year)
  })

  it.each([
    ['a leap second', 'Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00Z'],
    ['29 February of a leap year', 'Thu, 29 Feb 2024 00:00:00 GMT', '2024-02-29T00:00:00Z'],
    ['another name of the day', 'Mon, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37Z'],
    ['a day of two digits in asctime', 'Wed Nov 16 08:49:37 1994', '1994-11-16T08:49:37Z'],
  ])('accepts %s', (_, value, expected) => {
    expect(parseHttpDate(value)).toEqual(new Date(expected))
  })

  it.each([
    '',
    '2099',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Wed, 29 Feb 2023 00:00:00 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT\n',
  ])('returns undefined for %j', (value) => {
    expect(parseHttpDate(value)).toBeUndefined()
  })

  it('returns a valid date or undefined for any value', () => {
    const pieces = fc.constantFrom('Sun', ', ', '06', ' ', 'Nov', '-', '1994', '08:49:37', ':', 'GMT', '94')
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(values, (value) => {
        expect(parseHttpDate(value)?.getTime()).not.toBeNaN()
      }),
      { numRuns: 1000 },
    )
  })
})
