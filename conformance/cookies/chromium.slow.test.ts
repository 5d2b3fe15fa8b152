import { setCookie } from '@tsgi/cookies'
import { CookieJar } from '@tsgi/core/testing'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TestCertificate } from '../../packages/server/test/certificate.ts'
import { launchChromium } from '../../scripts/chromium.ts'
import { generateCalls, generateVisits, origins, type Place, type Visit } from './generated.ts'
import { RawServer } from './raw-server.ts'

const pages = new Map<string, Page>()
let certificate: TestCertificate | undefined
let browser: Browser | undefined
let context: BrowserContext
let http: RawServer
let https: RawServer

beforeAll(async () => {
  certificate = await TestCertificate.make()
  http = new RawServer()
  https = new RawServer(certificate.files)
  const ports = { http: await http.listen(), https: await https.listen() }
  browser = await launchChromium()
  context = await browser.newContext({ ignoreHTTPSErrors: true })
  for (const origin of origins) {
    const page = await context.newPage()
    await page.goto(`${origin}:${origin.startsWith('https') ? ports.https : ports.http}/`)
    pages.set(origin, page)
  }
}, 60_000)

afterAll(async () => {
  await browser?.close()
  for (const server of [http, https]) await server?.[Symbol.asyncDispose]()
  await certificate?.[Symbol.asyncDispose]()
})

/** Sends a request from a page of the same origin. Returns the `Cookie` field that arrived. */
async function send({ origin, path }: Place, query = ''): Promise<string> {
  const cookie = await pages
    .get(origin)!
    .evaluate(async (target) => (await fetch(target)).text(), path + query)
  return decodeURIComponent(cookie)
}

/** What Chromium sends in a visit. */
async function inChromium({ fields, from, to }: Visit): Promise<string[]> {
  await context.clearCookies()
  http.fields = fields
  https.fields = fields
  await send(from, '?set')
  const sent: string[] = []
  for (const place of to) sent.push(await send(place))
  return sent
}

/** What the test client sends. */
function inJar({ fields, from, to }: Visit): string[] {
  const jar = new CookieJar()
  for (const field of fields) jar.store(field, new URL(from.path, from.origin))
  return to.map(({ origin, path }) => jar.header(new URL(path, origin)))
}

it('the jar of the test client stores and sends 300 generated cookies as Chromium does', async () => {
  const visits = generateVisits(300)
  const sent: string[][] = []
  for (const visit of visits) sent.push(await inChromium(visit))
  expect(sent.flat().filter((cookie) => cookie !== '').length).toBeGreaterThan(50)
  expect(visits.map((visit) => ({ visit, sent: inJar(visit) }))).toEqual(
    visits.map((visit, index) => ({ visit, sent: sent[index] })),
  )
}, 60_000)

it('Chromium stores every cookie that setCookie accepts, unless it is for another domain', async () => {
  const accepted = generateCalls(400).flatMap(({ name, value, options }) => {
    try {
      return [setCookie(name, value, options)]
    } catch {
      return []
    }
  })
  expect(accepted.length).toBeGreaterThan(50)
  const page = pages.get('https://www.app.test')!
  const missing: string[] = []
  for (const { line } of accepted) {
    await context.clearCookies()
    https.fields = [line]
    await page.evaluate(async () => (await fetch('/a/b/c?set')).text())
    if ((await context.cookies()).length === 0) missing.push(line)
  }
  expect(
    missing.filter((line) => !/Domain=/.test(line) || /Domain=\.?(www\.)?app\.test;/i.test(line)),
  ).toEqual([])
}, 60_000)
