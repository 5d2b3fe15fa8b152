import { type Cookies, cookies, createEncrypter } from '@tsgi/cookies'
import { type Application, json, stack, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { session } from '../session.ts'
import type { Session } from '../session-type.ts'
import { cookieStore } from './cookie.ts'

const secrets = 'a secret for tests of 32 characters'

function visitor(
  handler: Application<{ session: Session; cookies: Cookies }>,
  given: string | readonly string[] = secrets,
): Client {
  const web = stack(cookies(), session({ secrets: given, store: cookieStore() }))
  return client(web(handler), { errors: { write() {} } })
}

const app: Application<{ session: Session }> = async ({ session, request, pathInfo }) => {
  if (pathInfo === '/read') return json([session.get('a') ?? null, session.takeFlashes()])
  if (pathInfo === '/write') {
    session.set('a', await request.json())
    session.flash('info', 'written')
  }
  if (pathInfo === '/regenerate-id') session.regenerateId()
  if (pathInfo === '/destroy') session.destroy()
  return text('')
}

async function a(response: Promise<Response>): Promise<unknown> {
  return ((await (await response).json()) as unknown[])[0]
}

describe('a session in the cookie', () => {
  it('stores values that the visitor cannot read', async () => {
    const web = visitor(app)
    await web.post('/write', { json: 'a value nobody may read' })
    const parts = web.cookies.get('session')!.split('.')
    expect(parts).toHaveLength(5)
    for (const part of parts) expect(Buffer.from(part, 'base64url').toString('latin1')).not.toContain('value')
    const response = await web.get('/read')
    expect(await response.json()).toEqual(['a value nobody may read', [{ type: 'info', message: 'written' }]])
    const again = await web.get('/read')
    expect(await again.json()).toEqual(['a value nobody may read', []])
  })

  it('sets no cookie if nothing changed or there is nothing to store', async () => {
    const web = visitor(app)
    for (const path of ['/', '/read', '/regenerate-id', '/destroy']) {
      expect((await web.get(path)).headers.getSetCookie()).toEqual([])
    }
    await web.post('/write', { json: 1 })
    await web.get('/read')
    for (const path of ['/', '/read']) expect((await web.get(path)).headers.getSetCookie()).toEqual([])
  })

  it('is encrypted again by regenerateId and deleted by destroy', async () => {
    const web = visitor(app)
    await web.post('/write', { json: 1 })
    const before = web.cookies.get('session')
    await web.get('/regenerate-id')
    expect(web.cookies.get('session')).not.toBe(before)
    expect(await a(web.get('/read'))).toBe(1)
    await web.get('/destroy')
    expect(web.cookies.get('session')).toBeUndefined()
    expect(await a(web.get('/read'))).toBeNull()
  })

  it('ignores a cookie that was changed or encrypted with another secret', async () => {
    const web = visitor(app)
    await web.post('/write', { json: 1 })
    const sealed = web.cookies.get('session')!
    for (const wrong of [`${sealed.slice(0, -4)}AAAA`, sealed.slice(1), '', '{}', `${sealed}${sealed}`]) {
      web.cookies.set('session', wrong)
      expect(await a(web.get('/read'))).toBeNull()
    }
    const other = visitor(app, 'another secret for tests, 32 characters')
    other.cookies.set('session', sealed)
    expect(await a(other.get('/read'))).toBeNull()
    const rotated = visitor(app, ['another secret for tests, 32 characters', secrets])
    rotated.cookies.set('session', sealed)
    expect(await a(rotated.get('/read'))).toBe(1)
  })

  it('responds with 500 and reports what to do if a session does not fit into a cookie', async () => {
    const web = visitor(app)
    expect((await web.post('/write', { json: 'x'.repeat(2700) })).status).toBe(200)
    expect(await a(web.get('/read'))).toBe('x'.repeat(2700))
    expect((await web.post('/write', { json: 'x'.repeat(3100) })).status).toBe(500)
    expect(String(web.errors[0])).toMatch(
      /do not fit into the cookie session: .* need 2 cookies, over maxCookies, 1\. Store less, raise maxCookies, or use another store/,
    )
  })

  it('is found behind other cookies of the same name', async () => {
    const web = visitor(app)
    await web.post('/write', { json: 1 })
    const cookie = `session=junk; session=${web.cookies.get('session')}`
    expect(await a(web.get('/read', { headers: { cookie } }))).toBe(1)
  })

  it('is ignored and reported once if its content is not a session', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const web = visitor(app)
    const encrypter = createEncrypter(secrets)
    for (const content of ['', 'text', '1', '{}', '99999999999999 {}', '99999999999999 {"moved":"k"}']) {
      web.cookies.set('session', await encrypter.seal('session', content))
      ;(web.errors as unknown[]).length = 0
      vi.advanceTimersByTime(1000)
      for (const path of ['/', '/read', '/read']) expect((await web.get(path)).status).toBe(200)
      expect(web.errors).toEqual([
        expect.stringMatching(
          /^session: ignored the session in a cookie that ends in .{8}, which cannot be read: /,
        ),
      ])
      await web.post('/write', { json: content })
      expect(await a(web.get('/read'))).toBe(content)
      expect((await web.get('/destroy')).status).toBe(200)
    }
  })
})
