/** Generates `Set-Cookie` fields, valid and odd, and the URLs of the requests that set and read them. */
import type { CookieOptions } from '@tsgi/cookies'
import fc from 'fast-check'
import { dates } from './dates.ts'

/** Where a request goes, without the port. */
export interface Place {
  readonly origin: (typeof origins)[number]
  readonly path: string
}

/** One visit: a response sets cookies, and two other requests read them. */
export interface Visit {
  readonly fields: readonly string[]
  readonly from: Place
  readonly to: readonly Place[]
}

export const origins = [
  'http://app.test',
  'https://app.test',
  'http://www.app.test',
  'https://www.app.test',
  'http://localhost',
  'http://127.0.0.1',
] as const

const paths = ['/', '/a', '/a/', '/a/b', '/a/b/c', '/A', '/ab', '/a%2Fb', '/%61', '/a;b'] as const

const names = [
  ...['a', 'a', 'a', 'A', 'b', '', ' a', 'a\t', 'a b', '"a"', 'a,b', 'a[1]', '\xe4', 'a%20'],
  ...['__Host-a', '__host-a', '__Secure-a', '__SECURE-a', '__Http-a', '__Host-Http-a', '__Hosta', '__Host-'],
]
const values = ['1', '2', '', ' x ', '"q"', 'a=b', 'a,b', '\xe9', '%3B', 'x\ty', '__Host-a', '__Secure-b=1']
const domains = [
  ...['app.test', 'app.test', '.app.test', 'APP.Test', 'www.app.test', 'x.www.app.test', '', ' app.test '],
  ...[
    'test',
    '.test',
    'localhost',
    '.localhost',
    '127.0.0.1',
    '0.0.1',
    'pp.test',
    'other.test',
    '..app.test',
  ],
  ...['app.test.', 'app.test:80', 'app_test', '"app.test"', '.'],
]
const cookiePaths = [
  '/',
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/A',
  '/%61',
  'a',
  '',
  '"/a"',
  ' /a ',
  '/a/b/c',
  '/a/../a',
]
const maxAges = ['0', '-1', '3600', '99999999999999999999', '-99999999999999999999', '1.5', 'abc', '+3600']
const oddMaxAges = ['03600', '-0', '"3600"', ' 3600 ', '', '- 1', '0x10', '3600s', '--1', '-']
const expiries = [
  ...dates.map(([expires]) => expires),
  ...['Wed, 01-Jan-60 00:00:00 GMT', '1 Jan 2098 0:0:0', '01/Jan/2098 00:00:00', '1st Jan 2098 1:2:3'],
  ...['1 jAnuary 2098 00:00:00', '1 Jan 02098 00:00:00', 'Thu, 01 Jan 1970 00:00:00 +0100'],
]
const others = [
  ...['Secure', 'Secure', 'secure=', 'Secure=false', ' SECURE ', 'HttpOnly', 'HttpOnly', 'httponly=no'],
  ...['SameSite=Lax', 'SameSite=Strict', 'SameSite=None', 'samesite=none', 'SameSite=', 'SameSite=Other'],
  ...['SameSite', 'Priority=High', 'Partitioned', 'x', '=y', '', ' ', 'x=y=z', 'Expired=1'],
]

/** Any byte: NUL, CR and LF cannot get into a header field. */
const byte = fc
  .oneof(
    { weight: 30, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
    { weight: 5, arbitrary: fc.integer({ min: 0x80, max: 0xff }) },
    { weight: 1, arbitrary: fc.constantFrom(0x01, 0x0b, 0x1f, 0x7f, 0x09) },
  )
  .map((code) => String.fromCharCode(code))
const noise = fc.array(byte, { maxLength: 8 }).map((bytes) => bytes.join(''))

const pair = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values)).map((pair) => pair.join('=')),
  },
  { weight: 3, arbitrary: fc.tuple(noise, noise).map((pair) => pair.join('=')) },
  { weight: 1, arbitrary: noise },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 4092, max: 4098 }).map((length) => `a=${'x'.repeat(length - 1)}`),
  },
)

function withValue(name: string, ...lists: readonly (readonly string[])[]): fc.Arbitrary<string> {
  const key = fc.constantFrom(name, name.toLowerCase(), name.toUpperCase(), ` ${name}\t`)
  return fc.tuple(key, fc.constantFrom(...lists.flat())).map((pair) => pair.join('='))
}

const attribute = fc.oneof(
  { weight: 3, arbitrary: withValue('Path', cookiePaths) },
  { weight: 3, arbitrary: withValue('Domain', domains) },
  { weight: 2, arbitrary: withValue('Max-Age', maxAges, oddMaxAges) },
  { weight: 2, arbitrary: withValue('Expires', expiries) },
  { weight: 5, arbitrary: fc.constantFrom(...others) },
  { weight: 1, arbitrary: noise },
)

const field = fc
  .tuple(pair, fc.array(attribute, { maxLength: 4 }))
  .map(([pair, attributes]) => [pair, ...attributes].join(';'))

const place = fc.record({ origin: fc.constantFrom(...origins), path: fc.constantFrom(...paths) })

const visit: fc.Arbitrary<Visit> = fc
  .record({
    fields: fc.array(field, { minLength: 1, maxLength: 3 }),
    from: place,
    to: place,
    path: fc.constantFrom(...paths),
  })
  .map(({ fields, from, to, path }) => ({ fields, from, to: [{ origin: from.origin, path }, to] }))

/** Returns the same visits every time, with at least `count` cookies. */
export function generateVisits(count: number): readonly Visit[] {
  const visits: Visit[] = []
  for (let cookies = 0, all = fc.sample(visit, { seed: 6265, numRuns: count }); cookies < count; ) {
    const next = all[visits.length]!
    visits.push(next)
    cookies += next.fields.length
  }
  return visits
}

/** A call of `setCookie`, which may throw. */
export interface Call {
  readonly name: string
  readonly value: string
  readonly options: CookieOptions
}

const call: fc.Arbitrary<Call> = fc.record({
  name: fc.oneof(fc.constantFrom(...names), noise),
  value: fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'binary', maxLength: 20 })),
  options: fc.record(
    {
      path: fc.oneof(fc.constantFrom(...cookiePaths), noise),
      domain: fc.oneof(fc.constantFrom(...domains), noise),
      maxAge: fc.constantFrom(1000, 2 ** 40),
      httpOnly: fc.boolean(),
      secure: fc.boolean(),
      sameSite: fc.constantFrom('lax' as const, 'strict' as const, 'none' as const),
      partitioned: fc.boolean(),
      priority: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
    },
    { requiredKeys: [] },
  ),
})

/** Returns the same calls every time. */
export function generateCalls(count: number): readonly Call[] {
  return fc.sample(call, { seed: 6265, numRuns: count })
}
