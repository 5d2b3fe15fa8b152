import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, json, stack, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { cookieStore } from './cookie.ts'
import { session } from './session.ts'
import type { Session } from './session-type.ts'

const secrets = 'a secret for tests of 32 characters'

function visitor(
  handler: Application<{ session: Session; cookies: Cookies }>,
  given: string | readonly string[] | null = secrets,
): Client {
  const web = stack(cookies(given === null ? {} : { secrets: given }), session({ store: cookieStore() }))
  return client(web(handler), { errors: { write() {} } })
}

const app: Application<{ session: Session }> = async ({ session, request, pathInfo }) => {
  if (pathInfo === '/read') return json([session.get('a') ?? null, session.flashes()])
  if (pathInfo === '/write') {
    session.set('a', await request.json())
    session.flash('info', 'written')
  }
  if (pathInfo === '/regenerate') session.regenerate()
  if (pathInfo === '/destroy') session.destroy()
  return text('')
}

async function a(response: Promise<Response>): Promise<unknown> {
  return ((await (await response).json()) as unknown[])[0]
}

describe('a session in the cookie', () => {
  it('keeps what was written, unreadable to the visitor', async () => {
    const web = visitor(app)
    await web.post('/write', { json: 'a value nobody may read' })
    const sealed = decodeURIComponent(web.cookies.get('session')!)
    expect(sealed).not.toContain('value')
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('value')
    const response = await web.get('/read')
    expect(await response.json()).toEqual(['a value nobody may read', [{ type: 'info', message: 'written' }]])
    const again = await web.get('/read')
    expect(await again.json()).toEqual(['a value nobody may read', []])
  })

  it('sets no cookie where nothing changed, and none where there is nothing in it', async () => {
    const web = visitor(app)
    for (const path of ['/', '/read', '/regenerate', '/destroy']) {
      expect((await web.get(path)).headers.getSetCookie()).toEqual([])
    }
    await web.post('/write', { json: 1 })
    await web.get('/read')
    for (const path of ['/', '/read']) expect((await web.get(path)).headers.getSetCookie()).toEqual([])
  })

  it('is sealed anew by regenerate, and deleted by destroy', async () => {
    const web = visitor(app)
    await web.post('/write', { json: 1 })
    const before = web.cookies.get('session')
    await web.get('/regenerate')
    expect(web.cookies.get('session')).not.toBe(before)
    expect(await a(web.get('/read'))).toBe(1)
    await web.get('/destroy')
    expect(web.cookies.get('session')).toBeUndefined()
    expect(await a(web.get('/read'))).toBeNull()
  })

  it('does not take what was changed, or sealed by another secret', async () => {
    const web = visitor(app)
    await web.post('/write', { json: 1 })
    const sealed = web.cookies.get('session')!
    for (const wrong of [`${sealed.slice(0, -2)}AA`, sealed.slice(1), '', '{}', `${sealed}${sealed}`]) {
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

  it('says what to do where it does not fit', async () => {
    const web = visitor(app)
    expect((await web.post('/write', { json: 'x'.repeat(2700) })).status).toBe(200)
    expect(await a(web.get('/read'))).toBe('x'.repeat(2700))
    expect((await web.post('/write', { json: 'x'.repeat(3100) })).status).toBe(500)
    expect(String(web.errors[0])).toMatch(
      /do not fit into the cookie session: keep less, or use another store/,
    )
  })

  it('needs the secrets of cookies()', async () => {
    const web = visitor(app, null)
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[0])).toMatch(/need the option 'secrets'/)
  })
})
