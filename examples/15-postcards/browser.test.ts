import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../../scripts/chromium.ts'

const data = mkdtempSync(join(tmpdir(), 'postcards-'))
const picture = {
  name: 'sea.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  ),
}

let browser: Browser
let server: ChildProcess
let address: string
let statistics: string
let partner: Server
let partnerOrigin: string

beforeAll(async () => {
  // A page of another origin, which lists the postcards and likes the first one.
  partner = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<p id="result"></p><script type="module">
      const api = '${address}/api/postcards'
      try {
        const [{ number }] = await (await fetch(api)).json()
        const response = await fetch(\`\${api}/\${number}/likes\`, { method: 'POST' })
        const { caption, likes } = await response.json()
        result.textContent = \`\${caption}: \${likes}\`
      } catch (error) { result.textContent = error.name }
    </script>`)
  }).listen(0, '127.0.0.1')
  await once(partner, 'listening')
  partnerOrigin = `http://127.0.0.1:${(partner.address() as AddressInfo).port}`

  const command = join(import.meta.dirname, '../../node_modules/.bin/tsgi')
  const listen = ['--http', '127.0.0.1:0', '--stats', '127.0.0.1:0']
  server = spawn(command, ['serve', join(import.meta.dirname, 'app.ts'), ...listen], {
    env: { ...process.env, POSTCARDS_DATA: data, PARTNER_ORIGIN: partnerOrigin, LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: server.stdout! })) {
    const [url] = /http:\/\/\S+/.exec(line) ?? []
    if (line.includes('statistics')) statistics = url!
    else if (url) address = url
    if (address && statistics) break
  }

  browser = await launchChromium()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  partner?.close()
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  rmSync(data, { recursive: true })
})

/** Opens a page in a new browser profile, and collects what the browser complains about. */
async function open(path = '/'): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext()).newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(address + path)
  return { page, complaints }
}

async function signedUp(name: string) {
  const opened = await open('/sign-up')
  await opened.page.fill('#name', name)
  await opened.page.fill('#password', 'long enough')
  await opened.page.click('main button')
  expect(await opened.page.textContent('.flash')).toBe(`Welcome, ${name}.`)
  return opened
}

async function send(page: Page, caption: string): Promise<void> {
  await page.fill('#caption', caption)
  await page.setInputFiles('#picture', picture)
  await page.click('main button')
  expect(await page.textContent('.flash')).toBe('Your postcard is on its way.')
}

it('shows a postcard in every open browser as soon as it is sent', async () => {
  const reader = await open()
  await reader.page.waitForSelector('#wall[data-live=yes]', { state: 'attached' })
  const ada = await signedUp('Ada')

  const attack = '<img src=x onerror="alert(1)"> & "quotes"'
  await send(ada.page, attack)
  await reader.page.waitForSelector('figure')
  expect(await reader.page.textContent('.caption')).toBe(attack)
  const width =
    'document.querySelector("figure img").decode().then(() => document.querySelector("figure img").naturalWidth)'
  expect(await reader.page.evaluate(width)).toBe(1)

  await send(ada.page, 'Second')
  await reader.page.waitForFunction('document.querySelectorAll("figure").length === 2')
  expect(await reader.page.locator('.caption').allTextContents()).toEqual(['Second', attack])
  expect([reader.complaints, ada.complaints]).toEqual([[], []])
}, 60_000)

it('lets visitors download a picture, and loads it from the network only once', async () => {
  const { page } = await signedUp('Grace')
  await send(page, 'The sea: day 1')
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('figure a')])
  expect(download.suggestedFilename()).toMatch(/^The sea.* day 1\.png$/)
  expect(statSync((await download.path())!).size).toBe(picture.buffer.length)

  await page.goto(`${address}/`)
  await page.reload()
  const sizes = await page.evaluate(() =>
    performance.getEntriesByType('resource').map((entry) => {
      const { name, transferSize } = entry as PerformanceResourceTiming
      return [new URL(name).pathname.split('/')[1], transferSize]
    }),
  )
  const pictures = sizes.filter(([folder]) => folder === 'pictures')
  expect(pictures.length).toBeGreaterThan(0)
  expect(pictures.every(([, transferred]) => transferred === 0)).toBe(true)
}, 60_000)

it('lets only the page of the partner use the API', async () => {
  const { page } = await signedUp('Hedy')
  await send(page, 'For the partner')
  const visitor = await (await browser.newContext()).newPage()
  await visitor.goto(partnerOrigin)
  await visitor.waitForFunction('result.textContent !== ""')
  expect(await visitor.textContent('#result')).toBe('For the partner: 1')

  await visitor.goto(partnerOrigin.replace('127.0.0.1', 'localhost'))
  await visitor.waitForFunction('result.textContent !== ""')
  expect(await visitor.textContent('#result')).toBe('TypeError')
}, 60_000)

it('shows its API, and tries it out', async () => {
  const { page, complaints } = await open('/api/docs')
  await page.click('text=Lists the latest postcards')
  await page.click('text=Try it out')
  await page.click('text=Execute')
  await page.waitForSelector('.responses-table.live-responses-table')
  expect(await page.textContent('.live-responses-table tbody .response-col_status')).toContain('200')
  expect(complaints).toEqual([])
}, 60_000)

it('counts requests by route', async () => {
  await fetch(`${address}/api/postcards/123`)
  await expect
    .poll(async () => (await fetch(`${statistics}/metrics`)).text())
    .toContain(
      'tsgi_http_request_duration_seconds_count{method="GET",route="/api/postcards/:number",status="4xx"} 1',
    )
}, 60_000)
