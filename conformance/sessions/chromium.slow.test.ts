/** Attacks on sessions from other sites, and the first requests of a visitor, in Chromium. */
import { type Application, html } from '@tsgi/core'
import { type Server, serve } from '@tsgi/server'
import { cookieStore } from '@tsgi/session/cookie'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../packages/server/test/certificate.ts'
import { launchChromium } from '../../scripts/chromium.ts'
import { createSite, type Site } from './site.ts'

let certificate: TestCertificate | undefined
let server: Server | undefined
let browser: Browser
let context: BrowserContext
let ports: { readonly http: number; readonly https: number }
/** The applications by origin, without the port. */
const origins = new Map<string, Application>()

beforeAll(async () => {
  certificate = await TestCertificate.make()
  const application: Application = (environ) =>
    origins.get(`${environ.scheme}://${environ.host.replace(/:\d+$/, '')}`)!(environ)
  server = await serve(application, {
    listen: ['http://127.0.0.1:0', 'https://127.0.0.1:0'],
    tls: certificate.files,
  })
  const [http, https] = server.addresses.map((address) => Number(new URL(address).port))
  ports = { http: http!, https: https! }
  browser = await launchChromium()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.close()
  await certificate?.[Symbol.asyncDispose]()
})

beforeEach(async () => {
  origins.clear()
  context = await browser.newContext({ ignoreHTTPSErrors: true })
})

afterEach(() => context.close())

function at(url: string): string {
  const { protocol, hostname, pathname } = new URL(url)
  return `${protocol}//${hostname}:${protocol === 'https:' ? ports.https : ports.http}${pathname}`
}

async function open(url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(at(url))
  return page
}

/** Returns a page of the site on which the user has signed in. */
async function signedIn(user: string, origin = 'https://app.test'): Promise<Page> {
  const page = await open(`${origin}/`)
  await page.evaluate((path) => fetch(path, { method: 'POST' }), `/sign-in/${user}`)
  expect(await read(page, '/who')).toBe(user)
  return page
}

async function read(page: Page, path: string): Promise<string> {
  return page.evaluate(async (path) => (await fetch(path)).text(), path)
}

/** Opens a page of another site that sends a form to the site as soon as it is loaded, and returns the response's text. */
async function submitFrom(origin: string, target: string): Promise<string | null> {
  origins.set(origin, () =>
    html(
      `<form method="post" enctype="text/plain" action="${at(target)}"><input name='{"a":"' value='"}'></form>
       <script>document.forms[0].submit()</script>`,
    ),
  )
  const page = await context.newPage()
  const sent = page.waitForResponse((response) => response.url() === at(target))
  await page.goto(at(`${origin}/`))
  await (await sent).finished()
  await page.waitForURL(at(target))
  return page.textContent('body')
}

function use(site: Site, origin = 'https://app.test'): Site {
  origins.set(origin, site.application)
  return site
}

describe('a form of another site', () => {
  it.each([
    ['another site', 'https://evil.test', 'https://app.test'],
    ['a sibling domain', 'https://evil.app.test', 'https://app.test'],
    ['the site itself without TLS', 'http://app.test', 'https://app.test'],
    ['127.0.0.1, of localhost', 'http://127.0.0.1', 'http://localhost'],
  ])(
    'is rejected by csrf() if it comes from %s, whatever the SameSite of the cookie',
    async (_, from, to) => {
      for (const sameSite of ['lax', 'none'] as const) {
        const cookie = { sameSite, ...(sameSite === 'none' && { secure: true }) }
        const site = use(createSite({ cookie }), to)
        const page = await signedIn('ada', to)
        expect(await submitFrom(from, `${to}/transfer`)).toContain('403')
        expect(site.transfers).toEqual([])
        await page.goto(at(`${to}/transfer-form`))
        await page.click('button')
        expect(await page.textContent('body')).toBe('transferred')
        expect(site.transfers).toEqual(['ada'])
        await context.clearCookies()
      }
    },
  )

  it('of another site comes without the cookie, which is SameSite=Lax, even without csrf()', async () => {
    const site = use(createSite({}, false))
    await signedIn('ada')
    expect(await submitFrom('https://evil.test', 'https://app.test/transfer')).toBe('transferred')
    expect(site.transfers).toEqual(['nobody'])
  })

  it('of a sibling domain comes with the cookie, so csrf() is needed', async () => {
    const site = use(createSite({}, false))
    await signedIn('ada')
    expect(await submitFrom('https://evil.app.test', 'https://app.test/transfer')).toBe('transferred')
    expect(site.transfers).toEqual(['ada'])
  })
})

describe('a script of another site', () => {
  it('can neither send JSON to the site nor read its pages', async () => {
    const site = use(createSite({ cookie: { sameSite: 'none' } }))
    await signedIn('ada')
    origins.set('https://evil.test', () => html('<title>evil</title>'))
    const page = await open('https://evil.test/')
    const attempt = (path: string, init: object) =>
      page.evaluate(
        async ({ url, init }) => {
          try {
            return await (await fetch(url, { credentials: 'include', ...init })).text()
          } catch {
            return 'blocked'
          }
        },
        { url: at(`https://app.test${path}`), init },
      )
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    expect(await attempt('/transfer', json)).toBe('blocked')
    expect(await attempt('/transfer', { method: 'POST', mode: 'no-cors', body: '{}' })).toBe('')
    expect(await attempt('/who', {})).toBe('blocked')
    expect(site.transfers).toEqual([])
  })
})

describe('the session cookie', () => {
  it('is not visible to scripts, and not sent without TLS if it was set with it', async () => {
    use(use(createSite({})), 'http://app.test')
    const page = await signedIn('ada')
    expect(await page.evaluate(() => document.cookie)).toBe('')
    const [cookie] = await context.cookies(at('https://app.test/'))
    expect(cookie).toMatchObject({ name: 'session', httpOnly: true, secure: true, sameSite: 'Lax' })
    expect(await read(await open('http://app.test/'), '/who')).toBe('nobody')
  })

  it('is kept for the time that the user is remembered, and only until the browser is closed otherwise', async () => {
    use(createSite({}))
    const page = await signedIn('ada')
    const expires = async () => (await context.cookies())[0]!.expires
    expect(await expires()).toBe(-1)
    await page.evaluate(() => fetch('/remember/ada', { method: 'POST' }))
    expect((await expires()) - Date.now() / 1000).toBeGreaterThan(29.9 * 24 * 60 * 60)
    expect(await read(page, '/who')).toBe('ada')
  })

  it('becomes several if the session is in cookies and large, and one again if it shrinks', async () => {
    use(createSite({ store: cookieStore({ maxCookies: 3 }) }))
    const page = await open('https://app.test/')
    for (const [length, count] of [
      [7500, 3],
      [4500, 2],
      [10, 1],
      [7500, 3],
    ] as const) {
      await read(page, `/fill/${length}`)
      expect(await context.cookies()).toHaveLength(count)
      expect(await read(page, '/length')).toBe(String(length))
    }
  })

  it('cannot be set by a sibling domain if its name has the prefix __Host-', async () => {
    const site = use(createSite({ cookie: { name: '__Host-session' } }))
    const page = await signedIn('ada')
    const planted = await toss('__Host-session', '/who')
    expect(planted).toEqual([])
    expect(await read(page, '/who')).toBe('ada')
    expect(site.sessions).toBe(1)
  })

  it('of a sibling domain does not sign a visitor out', async () => {
    use(createSite({}))
    const page = await signedIn('ada')
    expect(await toss('session', '/who', 'A'.repeat(32))).toHaveLength(1)
    expect(await read(page, '/who')).toBe('ada')
  })

  it('that an attacker has planted does not become the session of the user who signs in', async () => {
    use(createSite({}))
    const attacker = await browser.newContext({ ignoreHTTPSErrors: true })
    const own = await attacker.newPage()
    await own.goto(at('https://app.test/visit'))
    const { value } = (await attacker.cookies())[0]!
    const publicId = await read(own, '/id')

    expect(await toss('session', '/', value)).toHaveLength(1)
    const victim = await open('https://app.test/')
    expect(await read(victim, '/id')).toBe(publicId)
    await victim.evaluate(() => fetch('/sign-in/ada', { method: 'POST' }))
    expect(await read(victim, '/who')).toBe('ada')
    expect(await read(own, '/who')).toBe('nobody')
    await attacker.close()
  })

  /** Sets a cookie for `.app.test` from a sibling domain. Returns the cookies for the domain. */
  async function toss(name: string, path: string, value = 'A'.repeat(32)): Promise<unknown[]> {
    origins.set('https://evil.app.test', () => {
      const response = html('<title>evil</title>')
      response.headers.append('set-cookie', `${name}=${value}; Domain=app.test; Path=${path}; Secure`)
      return response
    })
    await open('https://evil.app.test/')
    return (await context.cookies()).filter(({ domain }) => domain === '.app.test')
  }
})

describe('the first requests of a visitor, at the same time and without a cookie,', () => {
  async function load(page: Page): Promise<unknown[]> {
    return page.evaluate(() =>
      Promise.all([1, 2, 3].map(async (n) => (await fetch(`/resource/3?${n}`)).json() as Promise<unknown>)),
    )
  }

  it('start three sessions, of which the browser keeps one', async () => {
    const site = use(createSite({}))
    const page = await open('https://app.test/lazy')
    expect(site.sessions).toBe(0)
    expect(await load(page)).toEqual([1, 1, 1])
    expect(site.sessions).toBe(3)
    expect(await read(page, '/count')).toBe('1')
  })

  it('share one session and lose nothing if the page has started it', async () => {
    const site = use(createSite({}))
    const page = await open('https://app.test/started')
    expect(site.sessions).toBe(1)
    await load(page)
    expect(site.sessions).toBe(1)
    expect(await read(page, '/count')).toBe('3')
  })
})
