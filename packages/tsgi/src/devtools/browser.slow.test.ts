/**
 * Opens the devtools of `tsgi dev` in Chromium. To take the screenshot of the guide again, run
 *
 *     DEVTOOLS_SCREENSHOT=1 vitest run --project slow packages/tsgi/src/devtools/browser.slow.test.ts
 */
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../../../../scripts/chromium.ts'
import { Command, fixtures } from '../../test/command.ts'

const screenshot = join(import.meta.dirname, '../../../../docs/guides/devtools.png')

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
}, 60_000)
afterAll(() => browser?.close())

/** Opens the page, and collects what the console says, such as violations of the Content-Security-Policy. */
async function open(url: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const messages: string[] = []
  const foreign: string[] = []
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && request.url() !== url) foreign.push(request.url())
  })
  await page.goto(url)
  return { page, messages, foreign }
}

/** Returns what keeps the page from being accessible, or from fitting on the screen. */
async function problemsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  return [...serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), ...(isTooWide ? ['too wide'] : [])]
}

it('the devtools of tsgi dev show requests while they arrive, are accessible, and start again after an edit', async () => {
  using command = new Command('dev', 'bookshop.ts', '--http', '127.0.0.1:0')
  const [address] = await command.addresses()
  await command.printed('tsgi: devtools on ')
  const url = /^tsgi: devtools on (.+)$/m.exec(command.stdout)![1]!
  expect(url).toBe(`${address}/__tsgi`)
  const request = async (path: string, { headers, ...init }: RequestInit & { headers?: object } = {}) => {
    // A kept connection would lead to the old process after a restart.
    const fresh = { ...headers, connection: 'close' }
    const response = await fetch(address + path, { ...init, headers: fresh, redirect: 'manual' })
    await response.text()
  }

  await request('/')
  await request('/books/none')
  await request('/orders', { method: 'POST', headers: { origin: 'http://evil.example' } })
  const { page, messages, foreign } = await open(url, { viewport: { width: 1280, height: 900 } })
  await page.click('#summary-3')
  expect(await page.textContent('#request-3')).toMatch(/csrf ended the request[\s\S]*403/)

  // The page follows, and keeps what is open.
  await request('/orders', { method: 'POST' })
  await request('/books/13', { headers: { accept: 'text/html' } })
  await request('/books/7')
  await page.click('#summary-6')
  await expect.poll(() => page.locator('#request-6 .onion tbody tr').count()).toBe(9)
  expect(await page.locator('#request-3').getAttribute('open')).toBe('')
  expect(await page.textContent('#request-6')).toMatch(/session[\s\S]*RequestSession[\s\S]*GET \/books\/:id/)
  expect(await page.textContent('section:has(#routes)')).toContain('Shows a book')
  await page.click('#error-summary-1')
  expect(await page.textContent('#error-1')).toMatch(/thrown by GET \/books\/:id[\s\S]*has lost book 13/)

  await page.click('#summary-3')
  for (const [width, colorScheme] of [
    [360, 'light'],
    [1280, 'dark'],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    expect(await problemsOf(page), `${width} px, ${colorScheme}`).toEqual([])
  }
  if (process.env.DEVTOOLS_SCREENSHOT !== undefined) {
    await page.click('#error-summary-1')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1180, height: 760 })
    await page.evaluate(() => scrollTo(0, 0))
    await page.screenshot({ path: screenshot })
  }
  expect(messages).toEqual([])
  expect(foreign).toEqual([])

  // Everything can be read without JavaScript.
  const plain = await open(url, { javaScriptEnabled: false })
  await plain.page.click('#summary-6')
  expect(await plain.page.isVisible('#request-6 .onion')).toBe(true)
  await plain.page.context().close()

  // An edit of the application clears the lists, and the page follows the new process.
  await utimes(join(fixtures, 'bookshop.ts'), new Date(), new Date())
  await command.printed('bookshop.ts has changed')
  await request('/books/8')
  await page.locator('#summary-1', { hasText: '/books/8' }).waitFor()
  expect(await page.locator('details').count()).toBe(1)
}, 60_000)
