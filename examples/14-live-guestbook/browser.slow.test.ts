import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../../scripts/chromium.ts'

const root = join(import.meta.dirname, '../..')
const data = mkdtempSync(join(tmpdir(), 'live-guestbook-'))

let browser: Browser
let server: ChildProcess
let output = ''

/** Waits for text that the server prints, and returns what the pattern finds in it. */
async function printed(pattern: RegExp): Promise<string> {
  for (;;) {
    const [, found] = pattern.exec(output) ?? []
    if (found !== undefined) return found
    await once(server.stdout!, 'data')
  }
}

let address: string
let stats: string

beforeAll(async () => {
  const flags = [
    '--http',
    '127.0.0.1:0',
    '--stats',
    '127.0.0.1:0',
    '--workers',
    '2',
    '--graceful-timeout',
    '6s',
  ]
  const command = join(root, 'node_modules/.bin/tsgi')
  server = spawn(command, ['serve', join(import.meta.dirname, 'app.ts'), ...flags], {
    env: { ...process.env, GUESTBOOK_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  server.stdout!.on('data', (chunk) => {
    output += chunk
  })
  browser = await launchChromium()
  address = await printed(/listening on (\S+)/)
  stats = await printed(/statistics on (\S+)/)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  rmSync(data, { recursive: true })
})

interface Tab {
  readonly page: Page
  /** The WebSockets that the tab has opened. */
  opened: number
  readonly violations: string[]
}

async function openTab(): Promise<Tab> {
  const page = await (await browser.newContext()).newPage()
  const tab: Tab = { page, opened: 0, violations: [] }
  page.on('websocket', () => tab.opened++)
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) tab.violations.push(message.text())
  })
  await page.goto(address)
  await expect.poll(() => page.textContent('output')).toBe('live')
  return tab
}

/** Returns the open WebSockets of each worker that has some. */
async function webSocketsByWorker(): Promise<number[]> {
  const report = (await (await fetch(stats)).json()) as { workers: { webSockets: number }[] }
  return report.workers.map(({ webSockets }) => webSockets).filter((count) => count > 0)
}

async function write(page: Page, author: string, message: string): Promise<void> {
  await page.fill('[name=author]', author)
  await page.fill('[name=message]', message)
  await page.click('button')
}

/** The messages on a page, oldest first. */
async function messages(page: Page): Promise<string[]> {
  return (await page.locator('article p').allTextContents()).reverse()
}

it('shows entries in every open tab, on two workers, and misses none in a reload', async () => {
  const one = await openTab()
  let other = await openTab()
  // Connections are passed to the workers in turn, but a tab opens several.
  while ((await settled()).length < 2) {
    await other.page.close()
    other = await openTab()
  }
  async function settled(): Promise<number[]> {
    const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0)
    await expect.poll(async () => sum(await webSocketsByWorker())).toBe(2)
    return webSocketsByWorker()
  }

  await write(one.page, 'Ada', '<img src=x onerror="alert(1)"> & Hello')
  for (const { page } of [one, other]) {
    await expect.poll(() => messages(page)).toEqual(['<img src=x onerror="alert(1)"> & Hello'])
  }
  // The page was not loaded again.
  await expect.poll(() => one.page.inputValue('[name=message]')).toBe('')
  expect([one.opened, other.opened]).toEqual([1, 1])

  server.kill('SIGHUP')
  const expected = ['<img src=x onerror="alert(1)"> & Hello']
  const isBack = () => one.opened >= 2 && other.opened >= 2
  for (let n = 0; n < 20 || !isBack(); n++) {
    await delay(10)
    expected.push(`entry ${n}`)
    const body = new URLSearchParams({ author: 'Grace', message: `entry ${n}` })
    expect((await fetch(`${address}/entries`, { method: 'POST', body })).ok).toBe(true)
  }
  await printed(/(reloaded)/)
  await write(other.page, 'Ada', 'after the reload')
  expected.push('after the reload')
  for (const { page } of [one, other]) {
    await expect.poll(() => messages(page), { timeout: 15_000 }).toEqual(expected)
    expect(await page.textContent('output')).toBe('live')
  }
  expect([...one.violations, ...other.violations]).toEqual([])
  await one.page.context().close()
  await other.page.context().close()
}, 120_000)

it('runs no script without the nonce', async () => {
  const { page, violations } = await openTab()
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = "document.body.dataset.script = 'ran'"
    document.body.append(script)
    document.body.insertAdjacentHTML('beforeend', '<img src="/" onerror="document.body.dataset.handler = 1">')
    await new Promise((resolve) => setTimeout(resolve, 100))
    return { ...document.body.dataset }
  })
  expect(ran).toEqual({})
  expect(violations).not.toEqual([])
  await page.context().close()
})

it('works without JavaScript', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(address)
  await write(page, 'Barbara', '  ')
  expect(await page.textContent('.problem')).toBe('Write something.')
  expect(await page.inputValue('[name=author]')).toBe('Barbara')
  await write(page, 'Barbara', 'without a script')
  await page.waitForURL(`${address}/`)
  expect((await messages(page)).at(-1)).toBe('without a script')
  await context.close()
})
