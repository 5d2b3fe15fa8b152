/**
 * Starts Chromium for tests about its security rules. All names under `.test` lead to 127.0.0.1, so that there can be several
 * sites. The arguments that `@sparticuz/chromium` recommends would turn the same-origin policy off.
 */
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

export async function launchChromium(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      '--headless=shell',
      '--no-zygote',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--host-resolver-rules=MAP *.test 127.0.0.1',
    ],
  })
}
