import { readFileSync } from 'node:fs'
import type { Application } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { serve } from '@tsgi/server'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSite } from '../test/openid-connect.ts'
import { browserAt, CLIENT, type OpenidProvider, startProvider } from '../test/openid-provider.ts'

const SITE = 'http://localhost'
const PUBLIC = 'https://shop.example/app'
let provider: OpenidProvider
let site: Application

beforeAll(async () => {
  provider = await startProvider([SITE, PUBLIC])
  const execute = [oidc.allowInsecureRequests]
  const configuration = await oidc.discovery(new URL(provider.issuer), CLIENT.id, CLIENT.secret, undefined, {
    execute,
  })
  site = createSite(configuration, 'kD2xV0wq1cYbN5tZr8sGm3uHfJ7aLpEo')
})
afterAll(() => provider[Symbol.asyncDispose]())

const page = { headers: { accept: 'text/html' }, redirect: 'manual' } as const

/** Returns the path of a URL of the site. */
function pathOf(url: string): string {
  expect(url.startsWith(`${SITE}/`)).toBe(true)
  return url.slice(SITE.length)
}

/** Starts a sign-in, and returns the URL of the provider. */
async function begin(browser: ReturnType<typeof client>, next = '/'): Promise<URL> {
  const response = await browser.get(`/sign-in?${new URLSearchParams({ next })}`, page)
  expect(response.status).toBe(303)
  return new URL(response.headers.get('location')!)
}

describe('sign-in with OpenID Connect', () => {
  it('signs a visitor in at the provider, and out of both', async () => {
    const browser = client(site)
    const redirected = await browser.get('/?tab=2', page)
    const visit = browserAt(provider.issuer)
    const start = await browser.get(redirected.headers.get('location')!, page)
    const before = browser.cookies.get('session')
    const callback = await visit(start.headers.get('location')!)
    const back = await browser.get(pathOf(callback.url), page)
    expect([back.status, back.headers.get('location')]).toEqual([303, '/?tab=2'])
    expect(browser.cookies.get('session')).not.toBe(before)
    expect(await (await browser.get('/')).text()).toBe('Ada')

    const leaving = await browser.post('/sign-out', { redirect: 'manual' })
    expect((await browser.get('/')).status).toBe(401)
    const question = await visit(leaving.headers.get('location')!)
    const [, xsrf] = /name="xsrf" value="(\w+)"/.exec(question.text)!
    const body = new URLSearchParams({ xsrf: xsrf!, logout: 'yes' })
    const left = await visit(/action="([^"]+)"/.exec(question.text)![1]!, { method: 'POST', body })
    expect(left.url).toBe(`${SITE}/`)
  })

  it('sends state, nonce and a PKCE challenge, new ones for each sign-in', async () => {
    const browser = client(site)
    const [one, other] = [await begin(browser), await begin(browser)]
    expect(Object.fromEntries(one.searchParams)).toEqual({
      client_id: CLIENT.id,
      redirect_uri: `${SITE}/sign-in/callback`,
      response_type: 'code',
      scope: 'openid profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one.searchParams.get(name)).not.toBe(other.searchParams.get(name))
    }
  })

  it('rejects a callback that this browser has not started, or has finished before', async () => {
    const attacker = client(site)
    const visit = browserAt(provider.issuer)
    const { url } = await visit((await begin(attacker)).href)
    const victim = client(site)
    expect((await victim.get(pathOf(url))).status).toBe(400)
    await begin(victim)
    expect((await victim.get(pathOf(url))).status).toBe(400)
    expect((await victim.get('/')).status).toBe(401)
    expect((await attacker.get(pathOf(url), page)).status).toBe(303)
    expect((await attacker.get(pathOf(url))).status).toBe(400)
  })

  it('finishes the sign-ins of several tabs, but keeps only the last five', async () => {
    const browser = client(site)
    const visit = browserAt(provider.issuer)
    const starts: URL[] = []
    for (let tab = 0; tab < 6; tab++) starts.push(await begin(browser, `/?tab=${tab}`))
    const results: unknown[] = []
    for (const start of starts) {
      const { url } = await visit(start.href)
      const response = await browser.get(pathOf(url), page)
      results.push(response.headers.get('location') ?? response.status)
    }
    expect(results).toEqual([400, '/?tab=1', '/?tab=2', '/?tab=3', '/?tab=4', '/?tab=5'])
  })

  it('says in the error that the session cookie must be SameSite=Lax', async () => {
    const response = await client(site).get('/sign-in/callback?code=a&state=b')
    expect(await response.json()).toMatchObject({
      status: 400,
      detail: expect.stringContaining('SameSite=Lax'),
    })
  })

  it('responds with 403 if the user cancels, and with 502 if the provider rejects the code', async () => {
    const browser = client(site, { errors: { write() {} } })
    provider.cancelNext()
    const cancelled = await browserAt(provider.issuer)((await begin(browser)).href)
    expect((await browser.get(pathOf(cancelled.url))).status).toBe(403)
    const state = (await begin(browser)).searchParams.get('state')!
    const query = new URLSearchParams({ state, code: 'made-up', iss: provider.issuer })
    expect((await browser.get(`/sign-in/callback?${query}`)).status).toBe(502)
  })

  it('sends visitors to no other site', async () => {
    const browser = client(site)
    const { url } = await browserAt(provider.issuer)((await begin(browser, 'https://evil.example/')).href)
    expect((await browser.get(pathOf(url), page)).headers.get('location')).toBe('/')
  })

  it('uses the public URL behind a proxy that terminates TLS and removes a prefix', async () => {
    await using server = await serve(site, {
      listen: 'http://127.0.0.1:0',
      trustProxy: ['127.0.0.1'],
      proxyHeaders: ['x-forwarded', 'x-forwarded-prefix'],
    })
    let cookie = ''
    const fetchPublic = async (url: string, init?: RequestInit) => {
      expect(url.startsWith(`${PUBLIC}/`)).toBe(true)
      const response = await fetch(server.addresses[0]! + url.slice(PUBLIC.length), {
        ...init,
        redirect: 'manual',
        headers: {
          cookie,
          'x-forwarded-proto': 'https',
          'x-forwarded-host': 'shop.example',
          'x-forwarded-prefix': '/app',
        },
      })
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
      return response
    }
    const start = await fetchPublic(`${PUBLIC}/sign-in`)
    expect(start.headers.get('set-cookie')).toContain('; Secure; SameSite=Lax')
    const authorization = new URL(start.headers.get('location')!)
    expect(authorization.searchParams.get('redirect_uri')).toBe(`${PUBLIC}/sign-in/callback`)
    const { url } = await browserAt(provider.issuer)(authorization.href)
    // The provider compares the redirect_uri of this request with that of the first one.
    const back = await fetchPublic(url)
    expect([back.status, back.headers.get('location')]).toEqual([303, '/app/'])
    expect(await (await fetchPublic(`${PUBLIC}/`)).text()).toBe('Ada')
    const left = await fetchPublic(`${PUBLIC}/sign-out`, { method: 'POST' })
    const parameters = new URL(left.headers.get('location')!).searchParams
    expect(parameters.get('post_logout_redirect_uri')).toBe(`${PUBLIC}/`)
  })

  it('is in the README', () => {
    const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')
    const block = `\`\`\`ts no-run\n${read('../test/openid-connect.ts')}\`\`\`\n`
    expect(read('../README.md').includes(block)).toBe(true)
  })
})
