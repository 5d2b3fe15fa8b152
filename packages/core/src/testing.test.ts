import { describe, expect, it, vi } from 'vitest'
import {
  type Application,
  empty,
  HttpError,
  html,
  json,
  LintError,
  lint,
  redirect,
  stream,
  text,
  withHeaders,
} from './index.ts'
import { client, testEnviron } from './testing.ts'

const tick = () => new Promise((resolve) => setImmediate(resolve))

/** Answers with what it was asked. */
const echo: Application = async ({ method, request, headers, host, scheme, remoteAddress }) =>
  json({
    method,
    url: request.url,
    host,
    scheme,
    remoteAddress,
    type: headers.get('content-type'),
    cookie: headers.get('cookie'),
    auth: headers.get('authorization'),
    body: await request.text(),
  })

describe('client', () => {
  const web = client(echo)

  it.each(['get', 'post', 'put', 'patch', 'delete', 'options'] as const)('sends %s', async (method) => {
    expect(await (await web[method]('/a?b')).json()).toMatchObject({
      method: method.toUpperCase(),
      url: 'http://localhost/a?b',
      remoteAddress: '127.0.0.1',
      body: '',
    })
  })

  it('sends HEAD, whose response has no body', async () => {
    const response = await web.head('/')
    expect([response.status, response.body]).toEqual([200, null])
  })

  it('sends any other method', async () => {
    expect(await (await web.request('PROPFIND', '/')).json()).toMatchObject({ method: 'PROPFIND' })
  })

  it('sends JSON, including null and false', async () => {
    for (const value of [{ a: [1, 'ü'] }, null, false, '']) {
      expect(await (await web.post('/', { json: value })).json()).toMatchObject({
        type: 'application/json',
        body: JSON.stringify(value),
      })
    }
    const headers = { 'content-type': 'application/merge-patch+json' }
    expect(await (await web.patch('/', { json: {}, headers })).json()).toMatchObject({
      type: headers['content-type'],
    })
  })

  it('sends a form as a browser would', async () => {
    const type = 'application/x-www-form-urlencoded;charset=UTF-8'
    const record = { name: 'A B', tags: ['x', 'ü&='], none: [] }
    expect(await (await web.post('/', { form: record })).json()).toMatchObject({
      type,
      body: 'name=A+B&tags=x&tags=%C3%BC%26%3D',
    })
    expect(await (await web.post('/', { form: new URLSearchParams('a=1') })).json()).toMatchObject({
      type,
      body: 'a=1',
    })
  })

  it('sends a form with files as multipart', async () => {
    const form = new FormData()
    form.set('title', 'ü')
    form.set('file', new File(['content'], 'a.txt', { type: 'text/plain' }))
    const app: Application = async ({ request }) => {
      const received = await request.formData()
      const file = received.get('file') as File
      return json([received.get('title'), file.name, file.type, await file.text()])
    }
    expect(await (await client(app).post('/', { form })).json()).toEqual([
      'ü',
      'a.txt',
      'text/plain',
      'content',
    ])
  })

  it('sends a body unchanged, including a stream', async () => {
    expect(await (await web.put('/', { body: 'raw' })).json()).toMatchObject({ body: 'raw' })
    const body = stream(['a', 'b']).body
    expect(await (await web.put('/', { body })).json()).toMatchObject({ body: 'ab' })
  })

  it('rejects json together with form', async () => {
    await expect(web.post('/', { json: 1, form: {} })).rejects.toThrow(
      new TypeError('client: pass json or form, not both'),
    )
  })

  it('rejects unknown options, of the client and of a request', async () => {
    const app = () => text('')
    expect(() => client(app, { error: console } as never)).toThrow(
      new TypeError("client: unknown option 'error', did you mean 'errors'?"),
    )
    await expect(client(app).get('/', { header: {} } as never)).rejects.toThrow(
      new TypeError("client: unknown option 'header', did you mean 'headers'?"),
    )
  })

  it('rejects what is not an application', () => {
    expect(() => client({} as Application)).toThrow(TypeError)
  })

  it('sends its headers with every request, unless the request has its own', async () => {
    const web = client(echo, { headers: { authorization: 'always' } })
    expect(await (await web.get('/')).json()).toMatchObject({ auth: 'always' })
    expect(await (await web.get('/', { headers: { Authorization: 'once' } })).json()).toMatchObject({
      auth: 'once',
    })
  })

  it('has a base URL and an address', async () => {
    const web = client(echo, { baseUrl: 'https://a.example:8443/x/y', remoteAddress: '192.0.2.1' })
    const seen = async (path: string) => (await web.get(path)).json()
    expect(await seen('/z')).toMatchObject({
      url: 'https://a.example:8443/z',
      host: 'a.example:8443',
      scheme: 'https',
      remoteAddress: '192.0.2.1',
    })
    expect(await seen('z?q')).toMatchObject({ url: 'https://a.example:8443/x/z?q' })
    expect(await seen('https://b.example/')).toMatchObject({ host: 'b.example' })
  })

  it('treats a path that starts with two slashes as a path', async () => {
    expect(await (await web.get('//evil.example/a')).json()).toMatchObject({
      url: 'http://localhost//evil.example/a',
    })
  })
})

describe('the client’s errors', () => {
  it('are what the application reported, in order, and reach the log option', async () => {
    const reported: unknown[] = []
    const error = new Error('x')
    const web = client(
      ({ errors, pathInfo }) => {
        errors.write(`line ${pathInfo}`)
        if (pathInfo === '/fail') throw error
        return text('')
      },
      { errors: { write: (problem) => reported.push(problem) } },
    )
    await web.get('/a')
    expect((await web.get('/fail')).status).toBe(500)
    expect(web.errors).toEqual(['line /a', 'line /fail', error])
    expect(reported).toEqual(web.errors)
  })

  it('are written to the console by default', async () => {
    const written = vi.spyOn(console, 'error').mockImplementation(() => {})
    await client(({ errors }) => {
      errors.write('line')
      return text('')
    }).get('/')
    expect(written.mock.calls).toEqual([['GET /:', 'line']])
    written.mockRestore()
  })

  it('do not include an HttpError below 500', async () => {
    const web = client(() => Promise.reject(new HttpError(404)))
    expect((await web.get('/')).status).toBe(404)
    expect(web.errors).toEqual([])
  })
})

describe('a violation of the contract', () => {
  it('rejects the request with the rule, and is not logged', async () => {
    const reported: unknown[] = []
    const web = client(() => text('x', { headers: { connection: 'close' } }), {
      errors: { write: (problem) => reported.push(problem) },
    })
    await expect(web.get('/')).rejects.toMatchObject({ name: 'LintError', rule: 'R6' })
    expect(reported).toEqual([])
    expect(web.errors).toEqual([expect.any(LintError)])
  })

  it('rejects even if a middleware outside turned it into a response', async () => {
    const broken = lint(() => empty(405))
    const swallow: Application = async (environ) => {
      try {
        return await broken(environ)
      } catch (error) {
        environ.errors.write(error)
        return text('fine')
      }
    }
    await expect(client(swallow).get('/')).rejects.toMatchObject({ rule: 'R12' })
  })

  it('rejects the request that caused it, and no other at the same time', async () => {
    let go = () => {}
    const web = client(async ({ pathInfo }) => {
      if (pathInfo === '/breach') return 'breach' as never
      await new Promise<void>((resolve) => {
        go = resolve
      })
      return text('fine')
    })
    const sound = web.get('/sound')
    await expect(web.get('/breach')).rejects.toMatchObject({ rule: 'R1' })
    go()
    expect(await (await sound).text()).toBe('fine')
  })

  it('in a streamed body errors the stream', async () => {
    const response = await client(() => stream(['a'], { headers: { 'content-length': '2' } })).get('/')
    await expect(response.text()).rejects.toMatchObject({ rule: 'B2' })
  })
})

describe('redirects', () => {
  const app: Application = (environ) => {
    const { pathInfo, queryString } = environ
    if (pathInfo === '/to') return redirect('/echo?from=to', Number(queryString))
    if (pathInfo === '/loop') return redirect('/loop')
    if (pathInfo === '/relative/a') return redirect('b')
    if (pathInfo === '/away') return redirect('https://other.example/')
    if (pathInfo === '/mail') return redirect('mailto:a@localhost')
    if (pathInfo === '/secure') return redirect('https://localhost/echo')
    if (pathInfo === '/sign-in') return withHeaders(redirect('/echo', 303), { 'set-cookie': 'id=7; Path=/' })
    if (pathInfo === '/choices') return empty(300, { headers: { location: '/echo' } })
    const hops = Number(/^\/hops\/(\d+)$/.exec(pathInfo)?.[1] ?? 0)
    if (hops > 0) return redirect(`/hops/${hops - 1}`)
    return echo(environ)
  }
  const follow = { redirect: 'follow' } as const

  it('are returned by default', async () => {
    for (const init of [{}, { redirect: 'manual' } as const]) {
      const response = await client(app).get('/to?302', init)
      expect([response.status, response.headers.get('location')]).toEqual([302, '/echo?from=to'])
    }
  })

  it.each([
    [301, 'POST', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'POST', 'GET'],
    [302, 'DELETE', 'DELETE'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ])('of status %d turn %s into %s', async (status, method, then) => {
    const response = await client(app).request(method, `/to?${status}`, {
      ...follow,
      json: { a: 1 },
      headers: { authorization: 'x' },
    })
    const kept = method === then
    expect(await response.json()).toMatchObject({
      method: then,
      url: 'http://localhost/echo?from=to',
      body: kept ? '{"a":1}' : '',
      type: kept ? 'application/json' : null,
      auth: 'x',
    })
  })

  it.each([301, 302, 303, 307, 308])('of status %d keep HEAD', async (status) => {
    expect((await client(app).head(`/to?${status}`, follow)).status).toBe(200)
  })

  it('are followed to a relative path, and to the other scheme of the same host', async () => {
    expect(await (await client(app).get('/relative/a', follow)).json()).toMatchObject({
      url: 'http://localhost/relative/b',
    })
    expect(await (await client(app).get('/secure', follow)).json()).toMatchObject({ scheme: 'https' })
  })

  it.each(['/away', '/mail', '/choices'])('to other hosts and schemes are returned: %s', async (path) => {
    const response = await client(app).get(path, follow)
    expect(response.status).toBeGreaterThanOrEqual(300)
    expect(response.headers.has('location')).toBe(true)
  })

  it('send the cookies that were set on the way', async () => {
    const web = client(app)
    expect(await (await web.post('/sign-in', { ...follow, form: { a: '1' } })).json()).toMatchObject({
      method: 'GET',
      cookie: 'id=7',
    })
    expect(await (await web.get('/')).json()).toMatchObject({ cookie: 'id=7' })
  })

  it('are followed at most 20 times', async () => {
    expect(await (await client(app).get('/hops/20', follow)).json()).toMatchObject({
      url: 'http://localhost/hops/0',
    })
    for (const path of ['/hops/21', '/loop'])
      await expect(client(app).get(path, follow)).rejects.toThrow(
        new TypeError(`client: more than 20 redirects from ${path}`),
      )
  })

  it('must lead to a URL', async () => {
    const app = () => new Response(null, { status: 302, headers: { location: 'http://[' } })
    await expect(client(app).get('/', follow)).rejects.toThrow(
      new TypeError("client: the redirect from http://localhost/ to 'http://[' is not a URL"),
    )
  })

  it('cancel the bodies of the responses in between', async () => {
    let left = false
    const body = new ReadableStream({
      cancel() {
        left = true
      },
    })
    const headers = { location: '/there', 'content-type': 'text/plain' }
    const app: Application = ({ pathInfo }) =>
      pathInfo === '/' ? new Response(body, { status: 302, headers }) : text('there')
    expect(await (await client(app).get('/', follow)).text()).toBe('there')
    await tick()
    expect(left).toBe(true)
  })
})

describe('cookies', () => {
  const app: Application = ({ pathInfo, headers }) => {
    const set = new Headers([
      ['content-type', 'text/plain'],
      ['set-cookie', 'a=1; Path=/; HttpOnly'],
      ['set-cookie', 'b=2; Path=/only'],
    ])
    if (pathInfo === '/set') return new Response('', { headers: set })
    if (pathInfo === '/unset') return text('', { headers: { 'set-cookie': 'a=; Path=/; Max-Age=0' } })
    return text(headers.get('cookie') ?? 'none')
  }

  it('are sent by path until they are deleted', async () => {
    const web = client(app)
    const sent = async (path: string) => (await web.get(path)).text()
    expect(await sent('/')).toBe('none')
    await web.get('/set')
    expect([await sent('/'), await sent('/only')]).toEqual(['a=1', 'b=2; a=1'])
    expect(web.cookies.get('a')).toBe('1')
    await web.get('/unset')
    expect([await sent('/'), await sent('/only')]).toEqual(['none', 'b=2'])
  })

  it('belong to one client', async () => {
    const [one, other] = [client(app), client(app)]
    await one.get('/set')
    expect(await (await other.get('/')).text()).toBe('none')
  })

  it('are not sent if the request has a Cookie field', async () => {
    const web = client(app)
    web.cookies.set('a', '1')
    expect(await (await web.get('/', { headers: { cookie: 'own=1' } })).text()).toBe('own=1')
  })

  it('are stored from an error response, too', async () => {
    const web = client(() => {
      throw new HttpError(401, 'x', { headers: { 'set-cookie': 'a=1' } })
    })
    await web.get('/')
    expect(web.cookies.get('a')).toBe('1')
  })
})

describe('a streamed response', () => {
  async function* count(steps: string[]) {
    try {
      for (let n = 0; ; n++) yield `${n}`
    } finally {
      steps.push('finally')
    }
  }

  it('arrives chunk by chunk, and is cancelled when the client disconnects', async () => {
    const steps: string[] = []
    const reader = (await client(() => stream(count(steps))).get('/')).body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('0')
    await reader.cancel()
    expect(steps).toEqual(['finally'])
  })

  it('is cut off when the signal of the request aborts, which the application sees', async () => {
    const steps: string[] = []
    const controller = new AbortController()
    let seen: [signal: AbortSignal, finished: Promise<unknown>] | undefined
    const web = client(({ signal, finished }) => {
      seen = [signal, finished]
      return stream(count(steps))
    })
    const reader = (await web.get('/', { signal: controller.signal })).body!.getReader()
    await reader.read()
    const reason = new Error('left')
    controller.abort(reason)
    await expect(reader.read()).rejects.toBe(reason)
    await tick()
    expect(steps).toEqual(['finally'])
    expect(seen![0].aborted).toBe(true)
    expect(await seen![1]).toMatchObject({ bytes: 1, aborted: true, error: reason })
  })

  it('is cut off before its start if the signal has aborted already', async () => {
    const controller = new AbortController()
    const web = client(() => {
      controller.abort(new Error('left'))
      return stream(['a'])
    })
    const response = await web.get('/', { signal: controller.signal })
    await expect(response.text()).rejects.toThrow('left')
  })

  it('does not change if the signal aborts after its end', async () => {
    const controller = new AbortController()
    const response = await client(() => stream(['a'])).get('/', { signal: controller.signal })
    expect(await response.text()).toBe('a')
    controller.abort()
    await tick()
  })
})

describe('testEnviron', () => {
  it('returns an environ like those of the client', async () => {
    const environ = testEnviron('/a%20b?c', { method: 'POST', json: [1] }, { remoteAddress: '192.0.2.1' })
    expect(environ).toMatchObject({ method: 'POST', pathInfo: '/a%20b', queryString: 'c' })
    expect(environ.remoteAddress).toBe('192.0.2.1')
    expect(await environ.request.json()).toEqual([1])
    expect((await lint(() => html(''))(testEnviron('/'))).status).toBe(200)
  })
})
