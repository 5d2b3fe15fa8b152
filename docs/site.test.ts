/**
 * Builds the site and visits it: links, accessibility, both search indexes, and that nothing is loaded from another host.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../scripts/chromium.ts'

const folder = import.meta.dirname
const dist = join(folder, '.vitepress/dist')
const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
  json: 'application/json',
}

/** Finds the file of a URL as a host of static sites does: `/spec` is `spec.html`. */
function fileOf(url: string): string | undefined {
  const path = decodeURIComponent(url.split(/[?#]/)[0]!)
  const candidates = [path, `${path}.html`, join(path, 'index.html')].map((file) => join(dist, file))
  return candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
}

const server = createServer((request, response) => {
  const file = fileOf(request.url ?? '/')
  response.statusCode = file ? 200 : 404
  if (file) response.setHeader('content-type', types[file.split('.').at(-1)!] ?? 'application/octet-stream')
  response.end(file && readFileSync(file))
})
let site: string
let browser: Browser

beforeAll(async () => {
  const run = (command: string, ...args: string[]) =>
    execFileSync(join(folder, 'node_modules/.bin', command), args, { cwd: folder, stdio: 'pipe' })
  run('typedoc', '--options', 'typedoc.mjs')
  run('vitepress', 'build')
  await once(server.listen(0, '127.0.0.1'), 'listening')
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await launchChromium()
}, 300_000)

afterAll(async () => {
  await browser?.close()
  server.close()
})

interface Visit {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
}

/** Opens a page, and closes it when `look` has returned. Fails if the page asks another host for anything. */
async function visit<T>(path: string, look: (page: Page) => Promise<T>, options: Visit = {}): Promise<T> {
  const { width = 1280, colorScheme = 'light' } = options
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
  const foreign: string[] = []
  try {
    const page = await context.newPage()
    page.on('request', (request) => {
      if (!request.url().startsWith(site) && !request.url().startsWith('data:')) foreign.push(request.url())
    })
    await page.goto(site + path, { waitUntil: 'load' })
    const result = await look(page)
    expect(foreign).toEqual([])
    return result
  } finally {
    await context.close()
  }
}

const screens = [
  { width: 360, colorScheme: 'light', pages: ['/', '/packages/session'] },
  { width: 1280, colorScheme: 'dark', pages: ['/', '/tutorial/09-guestbook', '/zh/tutorial/09-guestbook'] },
] as const

describe('the site', () => {
  it('has no dead link and no dead anchor', async () => {
    const { check } = await import('linkinator')
    const path = ['/', '/api/', '/zh/'].map((start) => site + start)
    const { links } = await check({
      path,
      recurse: true,
      checkFragments: true,
      linksToSkip: async (link) => !link.startsWith(site),
    })
    const broken = links
      .filter(({ state }) => state === 'BROKEN')
      .map(({ url, parent }) => `${parent} → ${url}`)
    expect(links.length).toBeGreaterThan(300)
    expect(broken).toEqual([])
  }, 300_000)

  it.each(screens)(
    'is accessible and fits on a screen of $width px, $colorScheme',
    async ({ pages, ...screen }) => {
      const problems: string[] = []
      for (const path of pages) {
        await visit(
          path,
          async (page) => {
            const { violations } = await new AxeBuilder({ page }).analyze()
            const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
            problems.push(
              ...serious.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${path} ${id}: ${html}`)),
            )
            if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
              problems.push(`${path} is too wide`)
            }
          },
          screen,
        )
      }
      expect(problems).toEqual([])
    },
    120_000,
  )

  it.each([
    ['/', 'back-pressure', 'websocket'],
    ['/zh/', '中间件', '/zh/tutorial/'],
  ])(
    'finds words in the search of %s',
    async (path, word, page) => {
      const results = await visit(path, async (opened) => {
        await opened.keyboard.press('Control+k')
        await opened.fill('#localsearch-input', word)
        await opened.waitForSelector('.results .result')
        return opened
          .locator('.results a.result')
          .evaluateAll((links) => links.map((link) => link.getAttribute('href')))
      })
      expect(results.some((href) => href?.includes(page))).toBe(true)
    },
    60_000,
  )

  it('links every name of the API to the line that defines it', () => {
    const pages = globSync('api/**/*.md', { cwd: folder }).map((page) =>
      readFileSync(join(folder, page), 'utf8'),
    )
    const sources = pages.flatMap((page) => page.match(/\[packages\/[^\]]+\]\([^)]+\)|Defined in: .+/g) ?? [])
    expect(sources.length).toBeGreaterThan(500)
    for (const source of new Set(sources)) {
      const [, path, line] =
        /\[(.+):(\d+)\]\(https:\/\/github\.com\/tsgi\/tsgi\/blob\/main\/\1#L\2\)/.exec(source) ?? []
      expect(path, source).toBeDefined()
      const lines = readFileSync(join(folder, '..', path!), 'utf8').split('\n')
      expect(lines[Number(line) - 1], source).toMatch(/\S/)
    }
  })

  it('has a page for every entry point of every package', () => {
    const entries = readdirSync(join(folder, '../packages'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const { exports = {} } = JSON.parse(
          readFileSync(join(folder, '../packages', name, 'package.json'), 'utf8'),
        )
        return Object.keys(exports).map((entry) => entry.replace('.', ''))
      })
    const sidebar = readFileSync(join(folder, 'api/typedoc-sidebar.json'), 'utf8')
    expect((sidebar.match(/"link"/g) ?? []).length).toBeGreaterThanOrEqual(entries.length - 2)
  })
})
