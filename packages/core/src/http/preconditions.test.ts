import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { evaluatePreconditions, isEntityTag, isRangeCurrent, type Validators } from '../http.ts'

const modified = new Date('2026-01-01T12:00:00Z')
const before = 'Thu, 01 Jan 2026 11:59:59 GMT'
const same = 'Thu, 01 Jan 2026 12:00:00 GMT'
const after = 'Thu, 01 Jan 2026 12:00:01 GMT'

const tagged: Validators = { etag: '"a"', lastModified: modified }
const weak: Validators = { etag: 'W/"a"' }
const dated: Validators = { lastModified: modified }
const missing = undefined

type Fields = Record<string, string | string[]>

function headersOf(fields: Fields): Headers {
  const headers = new Headers()
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) headers.append(name, value)
  }
  return headers
}

const evaluate = (method: string, fields: Fields, current: Validators | undefined) =>
  evaluatePreconditions({ method, headers: headersOf(fields) }, current)

afterEach(() => {
  vi.useRealTimers()
})

describe('evaluatePreconditions', () => {
  it.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'handles %s without preconditions',
    (method) => {
      for (const current of [tagged, weak, dated, {}, missing]) {
        expect(evaluate(method, {}, current)).toBeUndefined()
      }
    },
  )

  describe.each(['GET', 'HEAD'])('for %s', (method) => {
    it.each<[string, Fields, Validators | undefined, 304 | 412 | undefined]>([
      ['the tag matches', { 'if-none-match': '"a"' }, tagged, 304],
      ['the tag does not match', { 'if-none-match': '"b"' }, tagged, undefined],
      ['a weak tag matches a strong one', { 'if-none-match': 'W/"a"' }, tagged, 304],
      ['a strong tag matches a weak one', { 'if-none-match': '"a"' }, weak, 304],
      ['a tag in the list matches', { 'if-none-match': '"x", W/"a"' }, tagged, 304],
      ['a tag in another field line matches', { 'if-none-match': ['"x"', '"a"'] }, tagged, 304],
      ['a tag with a comma matches', { 'if-none-match': '"x,y", "a,b"' }, { etag: '"a,b"' }, 304],
      ['only a part of a tag matches', { 'if-none-match': '"x"a"' }, tagged, undefined],
      ['a tag in another tag matches', { 'if-none-match': '"x,"a",y"' }, tagged, undefined],
      ['the list has empty elements', { 'if-none-match': ',, "x",\t,"a",' }, tagged, 304],
      ['it is not quoted', { 'if-none-match': 'a' }, tagged, undefined],
      ['it is not separated', { 'if-none-match': '"x""a"' }, tagged, undefined],
      ['it is not terminated', { 'if-none-match': '"a' }, tagged, undefined],
      ['the case differs', { 'if-none-match': '"A", w/"a"' }, tagged, undefined],
      ['any version matches', { 'if-none-match': '*' }, {}, 304],
      ['any version matches, but there is none', { 'if-none-match': '*' }, missing, undefined],
      ['* is in a list', { 'if-none-match': '*, "x"' }, tagged, undefined],
      ['the current version has no tag', { 'if-none-match': '"a"' }, dated, undefined],

      ['it is modified since', { 'if-modified-since': before }, dated, undefined],
      ['it is modified in this second', { 'if-modified-since': same }, dated, 304],
      ['it is not modified since', { 'if-modified-since': after }, dated, 304],
      ['the date has no known format', { 'if-modified-since': '2099' }, dated, undefined],
      ['there are two dates', { 'if-modified-since': [after, after] }, dated, undefined],
      ['the date is in the future', { 'if-modified-since': 'Thu, 31 Dec 2099 00:00:00 GMT' }, dated, 304],
      ['the date of the version is unknown', { 'if-modified-since': after }, weak, undefined],
      [
        'fractions of a second are ignored',
        { 'if-modified-since': same },
        { lastModified: new Date(modified.getTime() + 596) },
        304,
      ],
      [
        'the date of the version is invalid',
        { 'if-modified-since': after },
        { lastModified: new Date('') },
        undefined,
      ],

      [
        'the tag matches and the date does not',
        { 'if-none-match': '"a"', 'if-modified-since': before },
        tagged,
        304,
      ],
      [
        'the date matches and the tag does not',
        { 'if-none-match': '"b"', 'if-modified-since': after },
        tagged,
        undefined,
      ],

      ['If-Match and If-None-Match match', { 'if-match': '"a"', 'if-none-match': '"a"' }, tagged, 304],
      ['If-Match does not match', { 'if-match': '"b"', 'if-none-match': '"a"' }, tagged, 412],
      ['it is unmodified', { 'if-unmodified-since': same, 'if-modified-since': same }, dated, 304],
      ['it is not unmodified', { 'if-unmodified-since': before, 'if-modified-since': after }, dated, 412],
    ])('if %s', (_, fields, current, expected) => {
      expect(evaluate(method, fields, current)).toBe(expected)
    })
  })

  describe.each(['PUT', 'POST', 'PATCH', 'DELETE'])('for %s', (method) => {
    it.each<[string, Fields, Validators | undefined, 304 | 412 | undefined]>([
      ['the tag matches', { 'if-match': '"a"' }, tagged, undefined],
      ['a tag in the list matches', { 'if-match': '"x", "a"' }, tagged, undefined],
      ['the tag does not match', { 'if-match': '"b"' }, tagged, 412],
      ['the client has a weak tag', { 'if-match': 'W/"a"' }, tagged, 412],
      ['the version has a weak tag', { 'if-match': '"a"' }, weak, 412],
      ['both tags are weak', { 'if-match': 'W/"a"' }, weak, 412],
      ['any version matches', { 'if-match': '*' }, weak, undefined],
      ['any version matches, but there is none', { 'if-match': '*' }, missing, 412],
      ['a tag is expected, but there is no version', { 'if-match': '"a"' }, missing, 412],
      ['a tag is expected, but the version has none', { 'if-match': '"a"' }, dated, 412],
      ['If-Match is malformed', { 'if-match': 'a' }, tagged, 412],

      ['it is not modified since', { 'if-unmodified-since': same }, dated, undefined],
      ['it is modified since', { 'if-unmodified-since': before }, dated, 412],
      ['the date is invalid', { 'if-unmodified-since': 'yesterday' }, dated, undefined],
      ['there is no version to have a date', { 'if-unmodified-since': before }, missing, undefined],
      [
        'If-Match takes precedence over the date',
        { 'if-match': '"a"', 'if-unmodified-since': before },
        tagged,
        undefined,
      ],

      ['no version may exist, but one does', { 'if-none-match': '*' }, {}, 412],
      ['no version may exist, and none does', { 'if-none-match': '*' }, missing, undefined],
      ['If-None-Match has the tag', { 'if-none-match': 'W/"a"' }, tagged, 412],
      ['If-None-Match has another tag', { 'if-none-match': '"b"' }, tagged, undefined],
      ['If-Modified-Since is only for reading', { 'if-modified-since': after }, dated, undefined],
    ])('if %s', (_, fields, current, expected) => {
      expect(evaluate(method, fields, current)).toBe(expected)
    })
  })

  it.each(['OPTIONS', 'TRACE', 'CONNECT'])('ignores preconditions for %s', (method) => {
    expect(evaluate(method, { 'if-match': '"b"', 'if-none-match': '*' }, tagged)).toBeUndefined()
  })

  it('reads the first 256 tags of a list, and 8 KiB', () => {
    const list = (others: number, tag: string) => `${`${tag}, `.repeat(others)}"a"`
    expect(evaluate('GET', { 'if-none-match': list(255, '"x"') }, tagged)).toBe(304)
    expect(evaluate('GET', { 'if-none-match': list(256, '"x"') }, tagged)).toBeUndefined()
    expect(evaluate('GET', { 'if-none-match': list(3, `"${'x'.repeat(3000)}"`) }, tagged)).toBeUndefined()
  })

  it('takes time in proportion to the length', () => {
    for (const piece of [' ', '\t', '"', ',', 'W/', '"x",', '" ', ', ', '""']) {
      const list = piece.repeat(2 ** 20 / piece.length)
      expect([304, undefined]).toContain(evaluate('GET', { 'if-none-match': `"b",${list}` }, tagged))
      expect([412, undefined]).toContain(evaluate('PUT', { 'if-match': `"b",${list}` }, tagged))
    }
  })

  it('finds a tag in any list of tags, compared weakly or strongly', () => {
    const tag = fc
      .tuple(fc.boolean(), fc.stringMatching(/^[\x21\x23-\x7e]{0,3}$/))
      .map(([isWeak, opaque]) => `${isWeak ? 'W/' : ''}"${opaque}"`)
    const separator = fc.constantFrom(',', ', ', ' ,\t', ',,', ', , ')
    const opaque = (each: string) => each.replace(/^W\//, '')
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1, maxLength: 8 }), separator, tag, (tags, comma, etag) => {
        const list = tags.join(comma)
        expect(isEntityTag(etag)).toBe(true)
        const isListed = tags.some((each) => opaque(each) === opaque(etag))
        expect(evaluate('GET', { 'if-none-match': list }, { etag })).toBe(isListed ? 304 : undefined)
        const isListedStrongly = !etag.startsWith('W/') && tags.includes(etag)
        expect(evaluate('PUT', { 'if-match': list }, { etag })).toBe(isListedStrongly ? undefined : 412)
      }),
      { numRuns: 1000 },
    )
  })

  it('returns 304 only for reading and never throws, whatever the fields are', () => {
    const pieces = fc.constantFrom('"', 'a', '"a"', 'W/', ',', ' ', '*', before, same, after, '2099')
    const value = fc.array(pieces).map((parts) => parts.join(''))
    const name = fc.constantFrom(
      'if-match',
      'if-none-match',
      'if-modified-since',
      'if-unmodified-since',
      'if-range',
    )
    const method = fc.constantFrom('GET', 'HEAD', 'PUT', 'POST')
    const current = fc.constantFrom(tagged, weak, dated, {}, missing)
    fc.assert(
      fc.property(method, fc.dictionary(name, value), current, (method, fields, current) => {
        const isRead = method === 'GET' || method === 'HEAD'
        expect(isRead ? [304, 412, undefined] : [412, undefined]).toContain(evaluate(method, fields, current))
        const isCurrent = isRangeCurrent({ method, headers: headersOf(fields) }, current ?? {})
        expect(isCurrent).toBeTypeOf('boolean')
      }),
      { numRuns: 1000 },
    )
  })
})

describe('isRangeCurrent', () => {
  const isCurrent = (range: string | undefined, current: Validators) =>
    isRangeCurrent(
      { method: 'GET', headers: headersOf(range === undefined ? {} : { 'if-range': range }) },
      current,
    )

  it.each<[string, string | undefined, Validators, boolean]>([
    ['there is no If-Range', undefined, tagged, true],
    ['it has the tag', '"a"', tagged, true],
    ['it has another tag', '"b"', tagged, false],
    ['it has a tag that contains the current one', '"x"a"', tagged, false],
    ['it has a weak tag', 'W/"a"', tagged, false],
    ['both tags are weak', 'W/"a"', weak, false],
    ['the version has a weak tag', '"a"', weak, false],
    ['the version has no tag', '"a"', dated, false],
    ['it is not quoted', 'a', { etag: 'a' }, false],
    ['it has the date', same, dated, true],
    ['it has an earlier date', before, dated, false],
    ['it has a later date', after, dated, false],
    ['its date is invalid', '2099', dated, false],
    ['the date of the version is unknown', same, weak, false],
    ['it has a list of tags', '"a", "b"', tagged, false],
  ])('if %s', (_, range, current, expected) => {
    expect(isCurrent(range, current)).toBe(expected)
  })

  it('does not accept the date of a version that may still change in the same second', () => {
    vi.useFakeTimers({ now: modified.getTime() + 999 })
    expect(isCurrent(same, dated)).toBe(false)
    vi.setSystemTime(modified.getTime() + 1000)
    expect(isCurrent(same, dated)).toBe(true)
  })
})

describe('isEntityTag', () => {
  it.each(['""', '"a"', 'W/"a"', '"a,b"', '"\xfc"', '"W/"', '"\\"'])('accepts %s', (tag) => {
    expect(isEntityTag(tag)).toBe(true)
  })

  it.each(['', 'a', '"a', 'a"', 'w/"a"', 'W/a', '"a"b"', '"a b"', '"a\n"', '"\u0100"', '*', '"a" ', 7, null])(
    'rejects %j',
    (tag) => {
      expect(isEntityTag(tag)).toBe(false)
    },
  )
})
