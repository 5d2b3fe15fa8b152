import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launchChromium } from '../../../scripts/chromium.ts'
import { Command } from '../../tsgi/test/command.ts'

it('does not apply to the error page of tsgi dev, whose scripts and styles are inline', async () => {
  const cwd = join(import.meta.dirname, '../test')
  using command = new Command({ cwd }, 'dev', 'broken-page.ts', '--http', '127.0.0.1:0')
  const [address] = await command.addresses()
  await using browser = await launchChromium()
  const page = await browser.newPage()
  const messages: string[] = []
  page.on('console', (message) => messages.push(message.text()))

  const response = await page.goto(address!)
  expect(response?.status()).toBe(500)
  expect(await page.textContent('body')).toContain('thrown on purpose')
  const { scripts, styles } = await page.evaluate(() => ({
    scripts: document.querySelectorAll('script:not([src])').length,
    styles: [...document.styleSheets].filter(({ cssRules }) => cssRules.length > 0).length,
  }))
  expect(scripts).toBeGreaterThan(0)
  expect(styles).toBeGreaterThan(0)
  expect(messages.filter((message) => message.includes('Content Security Policy'))).toEqual([])
}, 60_000)
