import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireProgram } from '../../scripts/programs.ts'
import { Site } from './test/site.ts'
import { ask, Load, type Visitor } from './test/visitor.ts'

const nginx = requireProgram('nginx')
const redis = requireProgram('redis-server')

describe.runIf(nginx && redis)('two servers behind nginx, with sessions in Redis', () => {
  const start = () => Site.start(nginx!, redis!)

  describe('while both are running', () => {
    let site: Site
    beforeAll(async () => {
      site = await start()
    }, 60_000)
    afterAll(() => site?.[Symbol.asyncDispose]())

    it('trust the headers of nginx, and not those of the visitor', async () => {
      using visitor = site.visitor()
      const { status, body } = await visitor.ask('GET', '/', {
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'forged.example',
        forwarded: 'for=203.0.113.9;host=forged.example',
      })
      expect(status).toBe(200)
      expect(body).toMatch(
        /<p>Server (one|two) received this request from 127\.0\.0\.2 for https:\/\/example\.org\.<\/p>/,
      )
      const clicked = await visitor.ask('POST')
      expect(clicked.status).toBe(303)
      expect(clicked.headers['set-cookie']).toEqual([
        expect.stringMatching(/^session=[^;]+;.*\bHttpOnly\b.*\bSecure\b/),
      ])

      const plain = await ask(`http://127.0.0.1:${site.ports.http}/?a=b`)
      expect([plain.status, plain.headers.location]).toEqual([308, 'https://example.org/?a=b'])
      expect((await visitor.ask('GET', '/health')).status).toBe(404)
      expect((await ask(`http://127.0.0.1:${site.ports.one}/health`)).status).toBe(200)
    })

    it('count all simultaneous clicks of one visitor', async () => {
      using visitor = site.visitor()
      await visitor.ask('POST')
      const answers = await Promise.all(Array.from({ length: 200 }, () => visitor.ask('POST')))
      expect(answers.filter(({ status }) => status !== 303)).toEqual([])
      const { one = 0, two = 0 } = await visitor.clicks()
      expect(one + two).toBe(201)
      expect(one).toBeGreaterThan(0)
      expect(two).toBeGreaterThan(0)
    })
  })

  it('lose no request while one is reloaded and the other is stopped', async () => {
    await using site = await start()
    using visitor = site.visitor()
    await visitor.ask('POST')
    const pages = new Load(visitor, 'GET', 6)
    const clicks = new Load(visitor, 'POST', 2)
    const { one, two, ports } = site

    one.signal('SIGHUP')
    await one.printed('tsgi: reloaded')
    expect(clicks.failures).toEqual([])

    two.signal('SIGTERM')
    await two.printed('received SIGTERM, stopping')
    await expect.poll(async () => (await ask(`http://127.0.0.1:${ports.two}/health`)).status).toBe(503)
    expect(await two.exit).toBe(0)
    const { answered } = pages
    await expect.poll(() => pages.answered).toBeGreaterThan(answered + 100)

    await Promise.all([pages.end(), clicks.end()])
    expect(pages.failures).toEqual([])
    expect(pages.answered).toBeGreaterThan(500)
    await expectAllCounted(visitor, 1, clicks)
    expect((await visitor.ask('GET')).body).toContain('<p>Server one ')
  }, 60_000)

  it('lose no session, no page and no confirmed click when a machine fails', async () => {
    await using site = await start()
    using visitor = site.visitor()
    await visitor.ask('POST')
    const pages = new Load(visitor, 'GET', 6)
    const clicks = new Load(visitor, 'POST', 2)
    await expect.poll(() => clicks.answered).toBeGreaterThan(50)

    await site.one.lose()
    const { answered } = pages
    await expect.poll(() => pages.answered).toBeGreaterThan(answered + 100)
    await Promise.all([pages.end(), clicks.end()])
    expect(pages.failures).toEqual([])
    await expectAllCounted(visitor, 1, clicks)
    // nginx tried the lost server first and then the other one.
    const { one, two } = site.ports
    expect(site.log.filter((line) => line.includes(` 127.0.0.1:${one}, 127.0.0.1:${two} `))).not.toEqual([])
  }, 60_000)
})

/** Every confirmed click was counted once. A failed one may or may not have been counted. */
async function expectAllCounted(visitor: Visitor, before: number, clicks: Load): Promise<void> {
  const { one = 0, two = 0 } = await visitor.clicks()
  expect(one + two).toBeGreaterThanOrEqual(before + clicks.answered)
  expect(one + two).toBeLessThanOrEqual(before + clicks.answered + clicks.failures.length)
}
