import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../../scripts/chromium.ts'

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
  browser = await launchChromium()
}, 60_000)

afterEach(stop)

afterAll(async () => {
  await browser?.close()
  rmSync(data, { recursive: true })
})

/** Opens the guestbook as a visitor who has signed in. */
async function signedIn(address: string, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${address}/sign-in`)
  await page.fill('#name', name)
  await page.fill('#password', 'long enough')
  await page.click('main button')
  expect(await page.textContent('.flash')).toBe(`Welcome, ${name}.`)
  return page
}

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
  expect(await page.locator('.entry script, .entry img').count()).toBe(0)
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

it('runs inline scripts with the nonce of the response, and no others', async () => {
  const address = await start('127.0.0.1:0')
  const page = await signedIn(address, 'Grace')
  const violations: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text())
  })

  await page.fill('#message', 'Hello')
  expect(await page.textContent('#left')).toBe('495 characters left')
  expect(violations).toEqual([])

  const ran = await page.evaluate(() => {
    const inject = (name: string, nonce: string) => {
      const script = document.createElement('script')
      script.nonce = nonce
      script.textContent = `document.body.dataset.${name} = 'ran'`
      document.body.append(script)
    }
    inject('without', '')
    inject('guessed', 'AAAAAAAAAAAAAAAAAAAAAA')
    inject('own', document.querySelector('script')!.nonce)
    document.body.insertAdjacentHTML(
      'beforeend',
      `<img src="/" onerror="document.body.dataset.handler = 'ran'">`,
    )
    return new Promise((resolve) => {
      document.body.lastElementChild!.addEventListener('error', () => resolve({ ...document.body.dataset }))
    })
  })
  expect(ran).toEqual({ own: 'ran' })
  expect(violations).toHaveLength(3)
}, 120_000)

it('rejects a form that a page of another origin sends', async () => {
  const address = await start('127.0.0.1:0')
  const page = await signedIn(address, 'Barbara')
  const attacker = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<form method="post" action="${address}/entries">
      <input name="message" value="forged"><button>Win a prize</button></form>`)
  }).listen()
  await once(attacker, 'listening')
  const { port } = attacker.address() as AddressInfo
  try {
    // Another site, and another port of the same site, which gets the cookies.
    for (const origin of [`http://localhost:${port}`, `http://127.0.0.1:${port}`]) {
      await page.goto(origin)
      const answered = page.waitForResponse(`${address}/entries`)
      await page.click('button')
      expect((await answered).status()).toBe(403)
      await page.waitForLoadState()
      expect(await page.textContent('body')).toContain('The request was sent from another')
    }
    await page.goto(address)
    expect(await page.textContent('header')).toContain('Signed in as Barbara')
    expect(await page.textContent('main')).not.toContain('forged')
  } finally {
    attacker.close()
  }
}, 120_000)
