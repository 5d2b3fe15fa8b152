import {
  type Application,
  type Environ,
  empty,
  HttpError,
  json,
  type Middleware,
  mount,
  type Stack,
  stack,
  stream,
  text,
} from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Cookies, type CookiesOptions, cookies } from './index.ts'

const secrets = 'a secret of the tests, of enough characters'

/** A client of an application that calls `use` with its cookies and responds with the result as JSON. */
const browserOf = (use: (cookies: Cookies, environ: Environ) => unknown, options?: CookiesOptions) =>
  client(cookies(options)(async (environ) => json((await use(environ.cookies, environ)) ?? null)))
const setCookies = (response: Response) => response.headers.getSetCookie()

describe('cookies', () => {
  it('reads the cookies that the client sent', async () => {
    const browser = browserOf((cookies) => [
      cookies.get('a'),
      cookies.has('a'),
      cookies.has('b'),
      cookies.all(),
    ])
    const response = await browser.get('/', { headers: { cookie: 'a=1%202; c=3' } })
    expect(await response.json()).toEqual(['1 2', true, false, { a: '1 2', c: '3' }])
    expect(await (await browser.get('/')).json()).toEqual([null, false, false, {}])
  })

  it('sets cookies on the response, which the client sends back', async () => {
    const browser = browserOf((cookies) => {
      const before = cookies.get('a')
      cookies.set('a', 'one two')
      return before
    })
    const response = await browser.get('/')
    expect(setCookies(response)).toEqual(['a=one%20two; Path=/; HttpOnly; SameSite=Lax'])
    expect(await (await browser.get('/deeper/down')).json()).toBe('one two')
  })

  it('returns the changes in the same request', async () => {
    const browser = browserOf((cookies) => {
      const seen: unknown[] = []
      const look = () => seen.push([cookies.get('a'), cookies.has('a'), cookies.all()])
      cookies.set('a', '2')
      look()
      cookies.delete('a')
      look()
      cookies.set('a', '3')
      cookies.set('__proto__', 'own')
      look()
      return seen
    })
    const response = await browser.get('/', { headers: { cookie: 'a=1; b=1' } })
    expect(await response.text()).toBe(
      '[["2",true,{"a":"2","b":"1"}],[null,false,{"b":"1"}],["3",true,{"a":"3","b":"1","__proto__":"own"}]]',
    )
  })

  it('returns all cookies as a copy without a prototype', () => {
    cookies()(({ cookies }) => {
      const all = cookies.all() as Record<string, string>
      expect(Object.getPrototypeOf(all)).toBeNull()
      all.a = 'changed'
      expect(cookies.get('a')).toBe('1')
      return empty()
    })(testEnviron('/', { headers: { cookie: 'a=1' } }))
    expect.assertions(2)
  })

  it('deletes a cookie by the attributes that it was set with', async () => {
    const browser = browserOf((cookies, { pathInfo }) => {
      if (pathInfo === '/app/set') cookies.set('a', '1', { path: '/app' })
      if (pathInfo === '/app/delete') cookies.delete('a', { path: '/app' })
      return cookies.get('a')
    })
    await browser.get('/app/set')
    expect(browser.cookies.get('a')).toBe('1')
    const response = await browser.get('/app/delete')
    expect(setCookies(response)).toEqual([
      'a=; Max-Age=0; Path=/app; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
    ])
    expect(browser.cookies.get('a')).toBeUndefined()
  })

  it('can delete every cookie that it returns, whatever its name', async () => {
    const sent = [
      'cart[1]=1',
      'test::name=1',
      '=nameless',
      'bare',
      'a b=1',
      '__proto__=1',
      '\xe9=1',
      `${'n'.repeat(4096)}=`,
    ]
    const app = cookies()(({ cookies }) => {
      for (const name of Object.keys(cookies.all())) cookies.delete(name)
      return empty()
    })
    const response = await client(app).get('/', { headers: { cookie: sent.join('; ') } })
    const names = setCookies(response).map((line) => line.slice(0, line.indexOf('=')))
    expect(names).toEqual(['cart[1]', 'test::name', 'a b', '__proto__', '\xe9', 'n'.repeat(4096)])
  })

  it('returns all values of a name, in the order the client sent them', async () => {
    const browser = browserOf((cookies) => {
      const seen = [cookies.getAll('a'), cookies.getAll('b'), cookies.getAll('c')]
      cookies.set('a', '4')
      cookies.delete('b')
      return [...seen, cookies.getAll('a'), cookies.getAll('b')]
    })
    const response = await browser.get('/', { headers: { cookie: 'a=1; b=2;a = %33 ; xa=1; a' } })
    expect(await response.json()).toEqual([['1', '3'], ['2'], [], ['4'], []])
  })

  it('treats a cookie with an expiry in the past as deleted', async () => {
    const browser = browserOf((cookies) => {
      cookies.set('a', '2', { maxAge: 0 })
      cookies.set('b', '2', { expires: new Date(0) })
      cookies.set('c', '2', { expires: new Date(0), maxAge: 60 })
      return cookies.all()
    })
    const response = await browser.get('/', { headers: { cookie: 'a=1; b=1; c=1' } })
    expect(await response.json()).toEqual({ c: '2' })
  })

  it('sets each cookie once, with the last value', async () => {
    const browser = browserOf((cookies) => {
      cookies.set('a', '1')
      cookies.set('a', '1', { path: '/other' })
      cookies.set('a', '2')
      cookies.delete('b')
      cookies.set('b', '3')
    })
    expect(setCookies(await browser.get('/')).map((line) => line.split('; ').slice(0, 2))).toEqual([
      ['a=2', 'Path=/'],
      ['a=1', 'Path=/other'],
      ['b=3', 'Path=/'],
    ])
  })

  it("keeps the application's own Set-Cookie headers", async () => {
    const app = cookies()(({ cookies }) => {
      cookies.set('a', '1')
      return text('', { headers: { 'set-cookie': 'own=1' } })
    })
    expect(setCookies(await client(app).get('/'))).toEqual(['own=1', 'a=1; Path=/; HttpOnly; SameSite=Lax'])
  })

  it('adds Secure over HTTPS, and over HTTP if the call, the defaults or the prefix require it', async () => {
    const app = cookies()(({ cookies }) => {
      cookies.set('plain', '1')
      cookies.set('asked', '1', { secure: true })
      cookies.set('refused', '1', { secure: false })
      cookies.set('__Host-prefixed', '1')
      return empty()
    })
    const secure = async (baseUrl: string) =>
      setCookies(await client(app, { baseUrl }).get('/')).map((line) => line.includes('; Secure'))
    expect(await secure('https://example.com')).toEqual([true, true, false, true])
    expect(await secure('http://example.com')).toEqual([false, true, false, true])
    const always = cookies({ defaults: { secure: true } })(({ cookies }) => {
      cookies.set('plain', '1')
      return empty()
    })
    expect(setCookies(await client(always).get('/'))[0]).toContain('; Secure')
  })

  it('applies the defaults to set and delete, unless the prefix of the name excludes them', async () => {
    const defaults = { domain: 'example.com', path: '/app', secure: false, sameSite: 'strict' } as const
    const browser = browserOf(
      (cookies) => {
        cookies.set('a', '1')
        cookies.set('b', '1', { path: '/', domain: 'other.example.com', sameSite: undefined })
        cookies.delete('c')
        cookies.set('__Secure-d', '1')
        cookies.set('__Host-e', '1')
      },
      { defaults },
    )
    expect(setCookies(await browser.get('/'))).toEqual([
      'a=1; Domain=example.com; Path=/app; HttpOnly; SameSite=Strict',
      'b=1; Domain=other.example.com; Path=/; HttpOnly; SameSite=Strict',
      'c=; Max-Age=0; Domain=example.com; Path=/app; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict',
      '__Secure-d=1; Domain=example.com; Path=/app; HttpOnly; Secure; SameSite=Strict',
      '__Host-e=1; Path=/; HttpOnly; Secure; SameSite=Strict',
    ])
  })

  it.each([
    [
      (cookies: Cookies) => cookies.set('bad;name', '1'),
      'Cannot set the cookie "bad;name": its name is not one that browsers accept',
    ],
    [
      (cookies: Cookies) => cookies.delete('bad;name'),
      'Cannot set the cookie "bad;name": its name is not one that browsers accept',
    ],
    [
      (cookies: Cookies) => cookies.set('big', 'x'.repeat(4097)),
      'Cannot set the cookie "big": name and value of 4100 bytes are over the limit of 4096',
    ],
    [
      (cookies: Cookies) => cookies.set('__Host-a' as string, '1', { domain: 'example.com' }),
      'Cannot set the cookie "__Host-a": its prefix allows no domain',
    ],
  ])('throws if no browser would accept the cookie: %s', async (use, message) => {
    const browser = browserOf((cookies) => {
      expect(() => use(cookies)).toThrow(message)
      return cookies.all()
    })
    const response = await browser.get('/')
    expect([response.status, await response.json(), setCookies(response)]).toEqual([200, {}, []])
  })

  it('reads any value that was set, when the client sends it back', async () => {
    const name = fc.stringMatching(/^[\x21-\x3A\x3C\x3E-\x7E]{1,10}$/)
    const value = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => text.isWellFormed())
    const values = fc.dictionary(name, value, { maxKeys: 8, noNullPrototype: false })
    await fc.assert(
      fc.asyncProperty(values, async (values) => {
        let got: unknown
        const browser = client(
          cookies()(({ cookies, method }) => {
            if (method === 'GET') got = Object.entries(cookies.all())
            else for (const [name, value] of Object.entries(values)) cookies.set(name, value)
            return empty()
          }),
        )
        await browser.post('/')
        await browser.get('/')
        expect(new Map(got as [string, string][])).toEqual(new Map(Object.entries(values)))
      }),
    )
  })
})

describe('the response', () => {
  it.each<[string, Application<{ cookies: Cookies }>]>([
    [
      'thrown immediately',
      ({ cookies }) => {
        cookies.set('a', '1')
        throw new HttpError(403)
      },
    ],
    [
      'thrown later',
      async ({ cookies }) => {
        cookies.set('a', '1')
        await null
        throw new HttpError(403)
      },
    ],
    [
      'returned',
      ({ cookies }) => {
        cookies.set('a', '1')
        return empty(403)
      },
    ],
  ])('gets cookies if the application has %s an error', async (_, app) => {
    const response = await client(cookies()(app)).get('/')
    expect([response.status, setCookies(response)]).toEqual([403, ['a=1; Path=/; HttpOnly; SameSite=Lax']])
  })

  it.each([
    ['a redirect', () => Response.redirect('http://localhost/next')],
    ['a fetched response', () => fetch('data:text/plain,hi')],
  ])('gets cookies even if it is immutable: %s', async (_, make) => {
    const app = cookies()(({ cookies }) => {
      cookies.set('a', '1')
      return make()
    })
    expect(setCookies(await client(app).get('/'))).toHaveLength(1)
  })

  it('gets cookies that were set before an unexpected error', async () => {
    const app = cookies()(({ cookies }) => {
      cookies.set('a', '1')
      throw new RangeError('broken')
    })
    const web = client(app, { errors: { write() {} } })
    const response = await web.get('/')
    expect([response.status, setCookies(response)]).toEqual([500, [expect.stringMatching(/^a=1/)]])
    expect(web.errors).toEqual([new RangeError('broken')])
  })

  it('is the same object if no cookie was set', () => {
    const same = text('same')
    expect(cookies({ secrets })(() => same)(testEnviron('/'))).toBe(same)
  })

  it('is not a promise if the application is synchronous', () => {
    const app = cookies({ secrets })(({ cookies }) => {
      cookies.set('a', cookies.get('b') ?? '1')
      return text('')
    })
    expect(app(testEnviron('/'))).toBeInstanceOf(Response)
  })

  it('gets no cookie that is set while the body is streamed', async () => {
    const late: unknown[] = []
    const app = cookies({ secrets })(({ cookies }) =>
      stream(
        (async function* () {
          yield 'a'
          for (const set of [
            () => cookies.set('late', '1'),
            () => cookies.delete('late'),
            () => cookies.signed.set('late', '1'),
            () => cookies.encrypted.set('late', '1'),
          ]) {
            expect(set).toThrow(
              new Error('Cannot set the cookie "late": the response has already been returned'),
            )
            late.push(cookies.get('late'))
          }
        })(),
      ),
    )
    const response = await client(app).get('/', { headers: { cookie: 'late=0' } })
    expect(await response.text()).toBe('a')
    expect(setCookies(response)).toEqual([])
    expect(late).toEqual(['0', '0', '0', '0'])
  })
})

describe('the request', () => {
  it('is not parsed before a cookie is read', () => {
    const environ = testEnviron('/')
    let reads = 0
    Object.defineProperty(environ, 'headers', {
      get: () => {
        reads++
        return new Headers({ cookie: 'a=1' })
      },
    })
    const use = (use: (cookies: Cookies) => void) =>
      cookies()(({ cookies }) => {
        use(cookies)
        return empty()
      })(environ)
    use((cookies) => {
      cookies.set('b', cookies.get.name)
      cookies.delete('c')
      expect(cookies.get('b')).toBe('get')
    })
    expect(reads).toBe(0)
    use((cookies) => {
      cookies.get('a')
      cookies.all()
      cookies.get('c')
    })
    expect(reads).toBe(1)
  })

  it('shares its cookies with mounted applications', async () => {
    const inner: Application<{ cookies: Cookies }> = ({ cookies, scriptName }) => {
      cookies.set('inner', scriptName)
      return empty()
    }
    const app = stack(cookies())((environ) => {
      const response = mount('/app', inner)(() => empty(404))(environ)
      expect(environ.cookies.get('inner')).toBe('/app')
      environ.cookies.set('outer', environ.scriptName)
      return response
    })
    expect(setCookies(await client(app).get('/app/x'))).toEqual([
      'inner=/app; Path=/; HttpOnly; SameSite=Lax',
      'outer=; Path=/; HttpOnly; SameSite=Lax',
    ])
  })
})

describe('the options', () => {
  it.each([
    [{ secrets: 'short' }, 'cookies: secrets must be at least 32 characters, got 5'],
    [{ secrets: undefined }, 'cookies: secrets must be text, got undefined'],
    [{ secrets: [] }, 'cookies: secrets must not be an empty list'],
    [{ secret: secrets }, "cookies: unknown option 'secret', did you mean 'secrets'?"],
    [{ defaults: { path: 'app' } }, 'cookies: defaults: path must begin with \'/\', got "app"'],
    [{ defaults: { domain: 'a b' } }, 'cookies: defaults: cookie domain is invalid: a b'],
    [
      { defaults: { sameSite: 'none', secure: false } },
      "cookies: defaults: sameSite: 'none' requires secure",
    ],
    [{ defaults: { sameSite: 'Lax' } }, 'cookies: defaults: sameSite must be'],
    [
      { defaults: { samesite: 'lax' } },
      "cookies: defaults: unknown option 'samesite', did you mean 'sameSite'?",
    ],
    [{ defaults: { maxAge: 60 } }, "cookies: defaults: unknown option 'maxAge'"],
    [{ defaults: null }, 'cookies: defaults: options must be an object, got null'],
  ] as [CookiesOptions, string][])('are checked when the middleware is created: %j', (options, message) => {
    expect(() => cookies(options)).toThrow(TypeError)
    expect(() => cookies(options)).toThrow(message)
  })
})

describe('the types', () => {
  it('say that the middleware provides cookies', () => {
    expectTypeOf(cookies()).toEqualTypeOf<Middleware<{ cookies: Cookies }>>()
    expectTypeOf(stack(cookies())).toEqualTypeOf<Stack<{ cookies: Cookies }, object>>()
    const needy: Application<{ cookies: Cookies }> = ({ cookies }) => text(cookies.get('a') ?? '')
    // @ts-expect-error 'cookies' is missing
    client(needy)
    client(stack(cookies())(needy))
  })

  it('enforce the rules of a prefix', () => {
    const never = ({ set, delete: remove, signed }: Cookies) => {
      set('__Host-id', '1', { maxAge: 60, path: '/', secure: true })
      // @ts-expect-error a domain
      set('__Host-id', '1', { domain: 'example.com' })
      // @ts-expect-error a domain
      remove('__host-id', { domain: 'example.com' })
      // @ts-expect-error insecure
      signed.set('__Secure-id', '1', { secure: false })
      // @ts-expect-error a deleted cookie has no maxAge
      remove('id', { maxAge: 60 })
      set('id' as string, '1', { domain: 'example.com' })
    }
    expect(never).toBeTypeOf('function')
  })
})
