import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireProgram } from '../../scripts/programs.ts'
import { Site } from './test/site.ts'
import { ask, Load, type Visitor } from './test/visitor.ts'

const nginx = requireProgram('nginx')
const redis = requireProgram('redis-server')

describe.runIf(nginx && redis)('two servers behind nginx, with sessions in Redis', () => {
  const start = () => Site.start(nginx!, redis!)

  describe('while both serve', () => {
    let site: Site
    beforeAll(async () => {
      site = await start()
    }, 60_000)
    afterAll(() => site?.[Symbol.asyncDispose]())

    it('know the visitor from what nginx says, and from nothing that the visitor says', async () => {
      using visitor = site.visitor()
      const { status, body } = await visitor.ask('GET', '/', {
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'forged.example',
        forwarded: 'for=203.0.113.9;host=forged.example',
      })
      expect(status).toBe(200)
      expect(body).toMatch(/<p>(one|two) answered 127\.0\.0\.2, who asked for https:\/\/example\.org\.<\/p>/)
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

    it('keep every click that one visitor makes at the same time', async () => {
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
    await two.printed('SIGTERM: stopping')
    await expect.poll(async () => (await ask(`http://127.0.0.1:${ports.two}/health`)).status).toBe(503)
    expect(await two.exit).toBe(0)
    const { answered } = pages
    await expect.poll(() => pages.answered).toBeGreaterThan(answered + 100)

    await Promise.all([pages.end(), clicks.end()])
    expect(pages.failures).toEqual([])
    expect(pages.answered).toBeGreaterThan(500)
    await expectAllCounted(visitor, 1, clicks)
    expect((await visitor.ask('GET')).body).toContain('<p>one answered')
  }, 60_000)

  it('lose no session, no page and no click that was answered with a machine that fails', async () => {
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
    // nginx asked the lost one first, then the other.
    const { one, two } = site.ports
    expect(site.log.filter((line) => line.includes(` 127.0.0.1:${one}, 127.0.0.1:${two} `))).not.toEqual([])
  }, 60_000)
})

/** Each click that was answered was counted once. Of one that failed the visitor does not know. */
async function expectAllCounted(visitor: Visitor, before: number, clicks: Load): Promise<void> {
  const { one = 0, two = 0 } = await visitor.clicks()
  expect(one + two).toBeGreaterThanOrEqual(before + clicks.answered)
  expect(one + two).toBeLessThanOrEqual(before + clicks.answered + clicks.failures.length)
}
