import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const data = mkdtempSync(join(tmpdir(), 'guestbook-'))

let browser: Browser
let server: ChildProcess | undefined

/** Serves the guestbook with the tsgi command and returns the address that it prints. */
async function start(listen: string): Promise<string> {
  const command = join(root, 'node_modules/.bin/tsgi')
  server = spawn(command, ['serve', join(import.meta.dirname, 'app.ts'), '--http', listen], {
    env: { ...process.env, GUESTBOOK_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: server.stdout! })) {
    const [address] = /http:\/\/\S+/.exec(line) ?? []
    if (address) return address
  }
  throw new Error('The server exited without printing an address')
}

async function stop(): Promise<void> {
  if (server === undefined || server.exitCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
}

beforeAll(async () => {
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      ...chromium.args,
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await stop()
  rmSync(data, { recursive: true })
})

it('works in a browser: sign in, see and correct errors, write, and stay signed in after a restart', async () => {
  const address = await start('127.0.0.1:0')
  const page = await browser.newPage()
  const alerts: string[] = []
  page.on('dialog', (dialog) => {
    alerts.push(dialog.message())
    void dialog.dismiss()
  })

  await page.goto(address)
  expect(await page.textContent('.visits')).toContain('number 1')

  await page.click('header >> text=Sign in')
  await page.fill('#name', 'Ada')
  await page.fill('#password', 'short')
  await page.click('main button')
  expect(await page.textContent('.problem')).toBe('At least 8 characters.')
  expect(await page.inputValue('#name')).toBe('Ada')

  await page.fill('#password', 'long enough')
  await page.click('main button')
  expect(await page.textContent('.flash')).toBe('Welcome, Ada.')

  await page.fill('#message', '   ')
  await page.click('main button')
  expect(await page.textContent('.problem')).toBe('Write something first.')

  const attack = '<script>alert("script")</script><img src=x onerror=\'alert("image")\'> & "quotes"'
  await page.fill('#message', attack)
  await page.click('main button')
  expect(await page.textContent('.flash')).toBe('Thank you. Your entry is in the book.')
  expect(await page.textContent('.message')).toBe(attack)
  expect(await page.locator('main script, main img').count()).toBe(0)
  expect(alerts).toEqual([])

  await page.reload()
  expect(await page.locator('.flash').count()).toBe(0)
  expect(await page.textContent('.visits')).toContain('number 4')

  await stop()
  expect(await start(new URL(address).host)).toBe(address)
  await page.reload()
  expect(await page.textContent('header')).toContain('Signed in as Ada')
  expect(await page.textContent('.visits')).toContain('number 5')
  expect(await page.textContent('.message')).toBe(attack)

  await page.click('text=Sign out')
  expect(await page.textContent('.flash')).toBe('You are signed out.')
  expect(await page.textContent('header')).not.toContain('Ada')
}, 120_000)
