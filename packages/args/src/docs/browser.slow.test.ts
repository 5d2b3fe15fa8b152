import { type Application, json, mount, stack, withPath } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { launchChromium } from '../../../../scripts/chromium.ts'
import { args } from '../index.ts'
import { docs } from './docs.ts'

const api = router({
  '/users/:id': {
    GET: args({ path: z.object({ id: z.string() }), query: z.object({ full: z.string().optional() }) })(
      ({ args, scriptName }) => json({ ...args.path, ...args.query, scriptName }),
    ),
  },
})
const site = stack(mount('/docs', docs(api, { title: 'Users', version: '1.0.0' })))(api)
/** Removes a prefix from the path, as a proxy may do, so that the application does not know of it. */
const behindProxy: Application = (environ) =>
  site(withPath(environ, { scriptName: '', pathInfo: environ.pathInfo.replace('/service', '') }))
const application = stack(mount('/api', site))(behindProxy)

let browser: Browser
let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  server = await serve(application, { listen: 'http://127.0.0.1:0' })
  browser = await launchChromium()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** Opens a page and records its requests and messages. */
async function open(path: string) {
  const page = await browser.newPage()
  const requests: string[] = []
  const messages: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(String(error)))
  const [origin] = server.addresses as [string]
  const response = await page.goto(origin + path)
  return { page, requests, messages, origin, response }
}

async function tryItOut(page: Page): Promise<string | null> {
  await page.click('.opblock-summary-control')
  await page.click('.try-out__btn')
  await page.fill('[data-param-name=id] input', 'a/b')
  await page.click('.execute')
  return page.textContent('.live-responses-table .response-col_description .highlight-code code')
}

const other = 'https://evil.example/openapi.json'

it.each([
  ['a mount', '/api/docs', '/api', '/api'],
  [
    'a proxy that removes a prefix, and ignores documents that the URL names',
    `/service/docs/?url=${other}&configUrl=${other}`,
    '/service',
    '',
  ],
])(
  'the page works in Chromium with its own files behind %s',
  async (_, path, root, scriptName) => {
    const { page, requests, messages, origin } = await open(path)
    expect(JSON.parse((await tryItOut(page)) ?? '')).toEqual({ id: 'a/b', scriptName })
    expect(await page.textContent('.info .title')).toContain('Users')
    expect(requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'))).toEqual([])
    expect(await page.textContent('.servers option')).toBe(`${origin}${root}`)
    expect(requests.at(-1)).toBe(`${origin}${root}/users/a%2Fb`)
    // Among others, these would be violations of the Content-Security-Policy.
    expect(messages).toEqual([])
    await page.close()
  },
  60_000,
)
