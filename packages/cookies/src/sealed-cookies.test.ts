import { type Environ, HttpError, json } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Cookies, type CookiesOptions, cookies } from './index.ts'

const secrets = 'a secret of the tests, of enough characters'
const newer = 'another secret of the tests, as long as that'

/** A client of an application that calls `use` with its cookies and responds with the result as JSON. */
const browserOf = (use: (cookies: Cookies, environ: Environ) => unknown, options?: CookiesOptions) =>
  client(cookies(options)(async (environ) => json((await use(environ.cookies, environ)) ?? null)))
const setCookies = (response: Response) => response.headers.getSetCookie()

afterEach(() => {
  vi.useRealTimers()
})

describe.each(['signed', 'encrypted'] as const)('%s cookies', (kind) => {
  it('return the value that was set', async () => {
    const browser = browserOf(
      async ({ [kind]: sealed }, { method }) =>
        method === 'GET' ? sealed.get('a') : sealed.set('a', 'é; "x".1', { path: '/app', maxAge: 60 }),
      { secrets },
    )
    const response = await browser.post('/')
    expect(setCookies(response)[0]).toMatch(/^a=[^;]+; Max-Age=60; Path=\/app; HttpOnly; SameSite=Lax$/)
    expect(await (await browser.get('/app')).json()).toBe('é; "x".1')
  })

  it('are undefined if there is none, or if it was sealed under another name', async () => {
    const browser = browserOf(
      async ({ [kind]: sealed }, { method }) =>
        method === 'GET' ? [await sealed.get('a'), await sealed.get('b')] : sealed.set('a', '1'),
      { secrets },
    )
    expect(await (await browser.get('/')).json()).toEqual([null, null])
    await browser.post('/')
    browser.cookies.set('b', browser.cookies.get('a')!)
    expect(await (await browser.get('/')).json()).toEqual(['1', null])
    browser.cookies.set('a', 'forged')
    expect(await (await browser.get('/')).json()).toEqual([null, null])
  })

  it('are found behind others of the same name that are not valid', async () => {
    const browser = browserOf(
      async ({ [kind]: sealed }, { method }) => (method === 'GET' ? sealed.get('a') : sealed.set('a', '1')),
      { secrets },
    )
    await browser.post('/')
    const valid = `a=${browser.cookies.get('a')}`
    const get = async (cookie: string) => (await browser.get('/', { headers: { cookie } })).json()
    expect(await get(`a=junk; a=; ${valid}`)).toBe('1')
    expect(await get(`${valid}; a=junk`)).toBe('1')
    // A request makes the server unseal at most four.
    expect(await get(`a=1; a=2; a=3; a=4; ${valid}`)).toBeNull()
  })

  it('can be read in the request that set them, awaited or not', async () => {
    const browser = browserOf(
      async (cookies) => {
        const sealed = cookies[kind]
        const seen: unknown[] = []
        void sealed.set('a', '1')
        seen.push(cookies.has('a'), 'a' in cookies.all(), await sealed.get('a'), cookies.has('a'))
        await sealed.set('a', '2')
        seen.push(await sealed.get('a'), cookies.all().a === cookies.get('a'))
        cookies.delete('a')
        seen.push((await sealed.get('a')) ?? 'gone')
        await sealed.set('a', '3', { maxAge: 0 })
        seen.push(cookies.has('a'))
        return seen
      },
      { secrets },
    )
    const response = await browser.get('/', { headers: { cookie: 'a=0' } })
    expect(await response.json()).toEqual([false, false, '1', true, '2', true, 'gone', false])
  })

  it('are on the response even if nobody awaited them', async () => {
    const app = cookies({ secrets })(({ cookies }) => {
      void cookies[kind].set('a', '1')
      void cookies[kind].set('b', '1')
      throw new HttpError(400)
    })
    const response = await client(app).get('/')
    expect(setCookies(response).map((line) => line.slice(0, 2))).toEqual(['a=', 'b='])
  })

  it('do not replace a cookie that is set while they are being sealed', async () => {
    const browser = browserOf(
      async (cookies) => {
        const pending = cookies[kind].set('a', 'sealed')
        cookies.set('a', 'plain')
        await pending
        return cookies.get('a')
      },
      { secrets },
    )
    const response = await browser.get('/')
    expect(await response.json()).toBe('plain')
    expect(setCookies(response)).toEqual(['a=plain; Path=/; HttpOnly; SameSite=Lax'])
  })

  it('expire on the server, even if a client keeps sending them', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
    const browser = browserOf(
      async ({ [kind]: sealed }, { method }) => {
        if (method === 'GET') return [await sealed.get('a'), await sealed.get('b')]
        await sealed.set('a', '1', { maxAge: '1m' })
        return sealed.set('b', '1', { expires: new Date(1_030_000) })
      },
      { secrets },
    )
    const kept = setCookies(await browser.post('/')).map((line) => line.split(';')[0])
    const headers = { cookie: kept.join('; ') }
    vi.setSystemTime(1_029_999)
    expect(await (await browser.get('/', { headers })).json()).toEqual(['1', '1'])
    vi.setSystemTime(1_030_000)
    expect(await (await browser.get('/', { headers })).json()).toEqual(['1', null])
    vi.setSystemTime(1_060_000)
    expect(await (await browser.get('/', { headers })).json()).toEqual([null, null])
  })

  it('can be read after a rotation of secrets', async () => {
    const use = ({ [kind]: sealed }: Cookies, { method }: Environ) =>
      method === 'GET' ? sealed.get('a') : sealed.set('a', 'kept')
    const before = browserOf(use, { secrets })
    await before.post('/')
    const headers = { cookie: `a=${before.cookies.get('a')}` }
    expect(await (await browserOf(use, { secrets: [newer, secrets] }).get('/', { headers })).json()).toBe(
      'kept',
    )
    expect(await (await browserOf(use, { secrets: newer }).get('/', { headers })).json()).toBeNull()
  })

  it('throw immediately if they cannot be set', async () => {
    const browser = browserOf(
      (cookies) => {
        const sealed = cookies[kind]
        expect(() => sealed.set('bad;name', '1')).toThrow(
          'Cannot set the cookie "bad;name": its name is not one that browsers accept',
        )
        expect(() => sealed.set('a', '\ud800')).toThrow(
          'Cannot seal the cookie "a": its value is not well-formed',
        )
        expect(() => sealed.set('a', '1', { maxAge: 0.5 })).toThrow('Cannot set the cookie "a": ')
        expect(() => sealed.set('__Host-a' as string, '1', { path: '/app' })).toThrow('allows no path')
        return cookies.all()
      },
      { secrets },
    )
    const response = await browser.get('/')
    expect([response.status, await response.json(), setCookies(response)]).toEqual([200, {}, []])
  })

  it('are limited to 4096 bytes in their sealed form', async () => {
    const browser = browserOf(
      async ({ [kind]: sealed }) => {
        let fits = 0
        for (let length = 2700; length <= 4096; length++) {
          try {
            await sealed.set('a', 'x'.repeat(length))
            fits = length
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError)
            expect(String(error)).toMatch(/Cannot set the cookie "a": name and value of 409[78] bytes/)
            break
          }
        }
        return fits
      },
      { secrets },
    )
    const response = await browser.get('/')
    expect(await response.json()).toBeGreaterThan(2900)
    const pair = setCookies(response)[0]!.split(';')[0]!
    expect(pair.length - 1).toBeLessThanOrEqual(4096)
    expect(pair.length - 1).toBeGreaterThan(4093)
  })

  it('require the option secrets', async () => {
    const browser = browserOf((cookies) => {
      expect(() => cookies[kind]).toThrow(new TypeError(`cookies: ${kind} cookies need the option 'secrets'`))
    })
    expect((await browser.get('/')).status).toBe(200)
  })
})
