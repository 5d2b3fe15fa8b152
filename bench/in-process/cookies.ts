import { parseCookies, setCookie } from '@tsgi/cookies'
import { parseCookie, stringifySetCookie } from 'cookie'
import { parse as honoParse, serialize as honoSerialize } from 'hono/utils/cookie'
import { inProcess, type MeasureRows } from './in-process.ts'
import { again, type Contender, rowsOf } from './rows.ts'

/** Ten cookies as a browser sends them, one percent-encoded. */
export const header = [
  'theme=dark',
  'lang=en-GB',
  '_ga=GA1.2.1234567890.1700000000',
  '_gid=GA1.2.987654321.1700000000',
  'consent=yes',
  'session=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4',
  'csrf=8f14e45fceea167a5a36dedd4bea2543',
  'tz=Europe%2FBerlin',
  'seen=1',
  'cart=42',
].join('; ')

const value = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4'
const line = `session=${value}; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax`

export const contenders: readonly Contender[] = [
  contender(
    'tsgi',
    parseCookies,
    () =>
      setCookie('session', value, { maxAge: 3600, path: '/', httpOnly: true, secure: true, sameSite: 'lax' })
        .line,
  ),
  contender('cookie', parseCookie, () =>
    stringifySetCookie({
      name: 'session',
      value,
      maxAge: 3600,
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
    }),
  ),
  contender('hono', honoParse, () =>
    honoSerialize('session', value, {
      maxAge: 3600,
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
    }),
  ),
]

export const cookies = inProcess({
  name: 'cookies',
  about: 'Parses a Cookie header with ten cookies and serializes a Set-Cookie with attributes.',
  headline: 'parse',
  targets: [],
  notes: [
    'Fastify and Express use the package `cookie`, too. h3 has a private copy of it.',
    'Ours parses and writes with the package `cookie`, copies what was parsed into an object without a prototype, and checks every attribute before it writes.',
  ],
})

export const measureRows: MeasureRows = (isQuick) => rowsOf(contenders, isQuick, 'ns')

function contender(name: string, parse: (header: string) => object, write: () => string): Contender {
  return {
    name,
    figures: { parse: again(() => parse(header)), write: again(write) },
    check: () => sameCookies(parse(header)) && attributesOf(write()) === attributesOf(line),
  }
}

function sameCookies(found: object): boolean {
  const expected = header.replace('%2F', '/').split('; ')
  const pairs = Object.entries(found).map(([name, value]) => `${name}=${value}`)
  return pairs.toSorted().join() === expected.toSorted().join()
}

/** Ignores the order of attributes. */
function attributesOf(line: string): string {
  return line.split('; ').toSorted().join('; ')
}
