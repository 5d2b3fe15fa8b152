import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, type ClientOptions, client } from '@tsgi/core/testing'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'postcards-'))
process.env.POSTCARDS_DATA = folder
process.env.PARTNER_ORIGIN = 'https://partner.example'
process.env.LOG_LEVEL = 'silent'
const { application } = await import('./app.ts')
afterAll(() => rmSync(folder, { recursive: true }))

const password = 'correct horse'
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
let addresses = 0

/** Returns a browser with an address of its own. */
const browser = (options: ClientOptions = {}) =>
  client(application, {
    remoteAddress: `192.0.2.${++addresses}`,
    headers: { accept: 'text/html' },
    ...options,
  })

async function signUp(name: string): Promise<Client> {
  const visitor = browser()
  const response = await visitor.post('/sign-up', { form: { name, password }, redirect: 'follow' })
  expect(await response.text()).toContain(`Welcome, ${name}.`)
  return visitor
}

const postcard = (caption: string, picture = new File([png], 'sea.png', { type: 'image/png' })) => {
  const form = new FormData()
  form.append('caption', caption)
  form.append('picture', picture)
  return form
}

/** Sends a postcard and returns the path of its picture. */
async function send(visitor: Client, caption: string): Promise<string> {
  await visitor.post('/postcards', { form: postcard(caption), redirect: 'follow' })
  const [card] = await latest()
  return card!.picture
}

/** Returns the latest postcards from the API, past its cache. */
async function latest(): Promise<{ number: number; caption: string; picture: string; likes: number }[]> {
  return (await browser().get('/api/postcards', { headers: { 'cache-control': 'no-cache' } })).json()
}

describe('accounts', () => {
  it('signs a visitor up, out and in again', async () => {
    const ada = await signUp('Ada')
    await ada.post('/sign-out')
    expect(await (await ada.get('/')).text()).not.toContain('Signed in as')
    const response = await ada.post('/sign-in', { form: { name: 'ada', password }, redirect: 'follow' })
    expect(await response.text()).toContain('Welcome back, Ada.')
  })

  it('does not tell whether a name or a password is wrong', async () => {
    await signUp('Barbara')
    const visitor = browser()
    const attempt = async (name: string) => {
      const response = await visitor.post('/sign-in', { form: { name, password: 'guessed it' } })
      return [response.status, (await response.text()).replaceAll(name, 'NAME')]
    }
    expect(await attempt('Barbara')).toEqual(await attempt('Nobody'))
  })

  it('locks a name after five wrong passwords, for every address', async () => {
    await signUp('Grace')
    for (let i = 0; i < 5; i++) {
      const response = await browser().post('/sign-in', { form: { name: 'Grace', password: 'guessed it' } })
      expect(response.status).toBe(422)
    }
    const response = await browser().post('/sign-in', { form: { name: 'grace', password } })
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('limits the attempts of one address', async () => {
    const visitor = browser()
    const statuses = new Set<number>()
    for (let i = 0; i < 21; i++) {
      statuses.add(
        (await visitor.post('/sign-in', { form: { name: `name ${i}`, password: 'short' } })).status,
      )
    }
    expect([...statuses]).toEqual([422, 429])
  })

  it('leads back to the page that asked to sign in, and never to another site', async () => {
    await signUp('Edsger')
    const to = async (next: string) => {
      const response = await browser().post(`/sign-in?next=${encodeURIComponent(next)}`, {
        form: { name: 'Edsger', password },
      })
      return response.headers.get('location')
    }
    expect(await to('/pictures/1')).toBe('/pictures/1')
    expect(await to('//evil.example')).toBe('/')
  })
})

describe('forms', () => {
  it('rejects a form of another site', async () => {
    const ada = await signUp('Hedy')
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const response = await ada.post('/postcards', { form: postcard('forged'), headers })
    expect(response.status).toBe(403)
  })

  it('shows what is wrong with a postcard, and keeps neither the file nor the postcard', async () => {
    const visitor = await signUp('Joan')
    const response = await visitor.post('/postcards', { form: postcard('   ') })
    expect(response.status).toBe(422)
    expect(await response.text()).toContain('Write a caption.')
    const script = new File(['<script>alert(1)</script>'], 'x.html', { type: 'text/html' })
    const rejected = await visitor.post('/postcards', { form: postcard('A page', script) })
    expect(rejected.status).toBe(422)
    expect(readdirSync(join(folder, 'pictures'))).toEqual([])
  })

  it('asks strangers to sign in', async () => {
    const response = await browser().post('/postcards', { form: postcard('Hello') })
    expect([401, 303]).toContain(response.status)
  })
})

describe('pictures', () => {
  it('are sent whole, in ranges, and as downloads', async () => {
    const path = await send(await signUp('Radia'), 'The sea at night')
    const visitor = browser()

    const whole = await visitor.get(path)
    expect(Buffer.from(await whole.bytes())).toEqual(png)
    expect(whole.headers.get('content-type')).toBe('image/png')

    const part = await visitor.get(path, { headers: { range: 'bytes=1-3' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      `bytes 1-3/${png.length}`,
      'PNG',
    ])

    const download = await visitor.get(`${path}?download`)
    expect(download.headers.get('content-disposition')).toBe('attachment; filename="The sea at night.png"')
    expect((await visitor.get('/pictures/..%2Fsecret')).status).toBe(404)
  })

  it('are kept by browsers for a year', async () => {
    const path = await send(await signUp('Sophie'), 'A lighthouse')
    const response = await browser().get(path)
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  })
})

describe('live updates', () => {
  it('send what a client has missed, then each new postcard, in order', async () => {
    const karen = await signUp('Karen')
    await send(karen, 'first')
    const [before] = await latest()
    await send(karen, 'second')

    const socket = await browser().websocket(`/live?after=${before!.number}`)
    expect(JSON.parse((await socket.next()) as string)).toMatchObject({ caption: 'second' })
    await send(karen, 'third')
    expect(JSON.parse((await socket.next()) as string)).toMatchObject({ author: 'Karen', caption: 'third' })
    socket.close()
  })

  it('are not available to pages of another site', async () => {
    const handshake = browser().websocket('/live', { headers: { origin: 'https://evil.example' } })
    await expect(handshake).rejects.toMatchObject({ cause: { status: 403 } })
  })
})

describe('the API', () => {
  it('lets the partner read and like postcards, and nobody else', async () => {
    await send(await signUp('Lynn'), 'A mountain')
    const [card] = await latest()
    const path = `/api/postcards/${card!.number}/likes`

    const partner = browser({
      headers: { origin: 'https://partner.example', 'sec-fetch-site': 'cross-site' },
    })
    const liked = await partner.post(path)
    expect(liked.headers.get('access-control-allow-origin')).toBe('https://partner.example')
    expect(await liked.json()).toMatchObject({ caption: 'A mountain', likes: 1 })

    const other = browser({ headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } })
    expect((await other.get('/api/postcards')).headers.has('access-control-allow-origin')).toBe(false)
  })

  it('is computed once for many readers, and costs a 304 if nothing has changed', async () => {
    const reader = browser()
    const first = await reader.get('/api/postcards?count=99')
    const second = await reader.get('/api/postcards?count=99', {
      headers: { 'if-none-match': first.headers.get('etag')! },
    })
    expect(first.headers.get('cache-status')).toContain('fwd=miss')
    expect([second.status, second.headers.get('cache-status')]).toEqual([304, expect.stringContaining('hit')])
    expect((await reader.get('/api/postcards/0')).status).toBe(422)
    expect((await reader.get('/api/postcards/999999')).status).toBe(404)
  })

  it('is documented', async () => {
    const document = await (await browser().get('/api/docs/openapi.json')).json()
    expect(Object.keys(document.paths)).toEqual([
      '/postcards',
      '/postcards/{number}',
      '/postcards/{number}/likes',
    ])
  })
})

describe('every response', () => {
  it('has the headers that security scanners ask for', async () => {
    const visitor = browser({ baseUrl: 'https://postcards.example' })
    for (const path of ['/', '/style.css', '/api/postcards', '/nothing', '/pictures/none']) {
      const { headers } = await visitor.get(path)
      expect(headers.get('content-security-policy'), path).toContain("default-src 'self'")
      expect(headers.get('content-security-policy'), path).not.toContain('unsafe')
      expect(headers.get('strict-transport-security'), path).toBe('max-age=31536000; includeSubDomains')
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('x-frame-options'), path).toBe('DENY')
      expect(headers.get('referrer-policy'), path).toBe('strict-origin-when-cross-origin')
      expect(headers.get('permissions-policy'), path).toBe('camera=(), geolocation=(), microphone=()')
      expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin-allow-popups')
      expect(headers.has('server') || headers.has('x-powered-by'), path).toBe(false)
    }
    const response = await visitor.post('/sign-up', { form: { name: 'Margaret', password } })
    expect(response.headers.get('set-cookie')).toMatch(/; HttpOnly; Secure; SameSite=Lax$/)
  })

  it('can be kept by a cache without showing the page of one visitor to another', async () => {
    const ada = await signUp('Shafi')
    const page = await ada.get('/')
    expect(page.headers.get('cache-control')).toBe('private, no-cache')
    expect(page.headers.get('vary')).toContain('Cookie')
    const again = await ada.get('/', { headers: { 'if-none-match': page.headers.get('etag')! } })
    expect(again.status).toBe(304)
    const stranger = await browser().get('/', { headers: { 'if-none-match': page.headers.get('etag')! } })
    expect(stranger.status).toBe(200)
    expect(await stranger.text()).not.toContain('Shafi')
  })

  it('is compressed for clients that accept it', async () => {
    const response = await browser().get('/style.css', { headers: { 'accept-encoding': 'gzip, br' } })
    expect(response.headers.get('content-encoding')).toBe('br')
    expect(response.headers.get('vary')).toContain('Accept-Encoding')
  })
})
