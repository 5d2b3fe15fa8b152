import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client } from '@tsgi/core/testing'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'guestbook-'))
process.env.GUESTBOOK_DATA = folder
const { application } = await import('./app.ts')
afterAll(() => rmSync(folder, { recursive: true }))

const password = 'correct horse'

async function signedIn(name: string) {
  const visitor = client(application)
  const response = await visitor.post('/sign-in', { form: { name, password }, redirect: 'follow' })
  expect(await response.text()).toContain('Welcome, ')
  return visitor
}

describe('the guestbook', () => {
  it('counts the visits of each visitor separately', async () => {
    const [ada, bob] = [client(application), client(application)]
    await ada.get('/')
    await bob.get('/')
    expect(await (await ada.get('/')).text()).toContain('visit number 2')
  })

  it('asks visitors to sign in before they write', async () => {
    const visitor = client(application)
    const response = await visitor.post('/entries', { form: { message: 'Hello' }, redirect: 'follow' })
    const page = await response.text()
    expect(page).toContain('Sign in first.')
    expect(page).toContain('name="password"')
  })

  it('stores an entry, thanks the visitor once, and shows it to everyone', async () => {
    const ada = await signedIn('Ada')
    const response = await ada.post('/entries', {
      form: { message: 'What a lovely place.' },
      redirect: 'follow',
    })
    expect(await response.text()).toContain('Thank you.')
    expect(await (await ada.get('/')).text()).not.toContain('Thank you.')
    expect(await (await client(application).get('/')).text()).toContain('What a lovely place.')
  })

  it('shows the form again with a message and the text that was typed', async () => {
    const visitor = await signedIn('Grace')
    const long = 'long '.repeat(101)
    const response = await visitor.post('/entries', { form: { message: long } })
    expect(response.status).toBe(422)
    const page = await response.text()
    expect(page).toContain('At most 500 characters, please.')
    expect(page).toContain(long)
  })

  it('escapes the text that visitors write', async () => {
    const visitor = await signedIn('<b>Eve</b>')
    const attack = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    await visitor.post('/entries', { form: { message: attack } })
    const page = await (await visitor.get('/')).text()
    expect(page).not.toContain('<script>')
    expect(page).not.toContain('<img')
    expect(page).not.toContain('<b>Eve')
    expect(page).toContain('&lt;script&gt;alert(1)')
  })

  it('rejects a wrong password and keeps the name in the form', async () => {
    await signedIn('Linus')
    const response = await client(application).post('/sign-in', {
      form: { name: 'Linus', password: 'another one' },
    })
    expect(response.status).toBe(422)
    const page = await response.text()
    expect(page).toContain('the password is wrong')
    expect(page).toContain('value="Linus"')
  })

  it('changes the session id at sign-in and ends the session at sign-out', async () => {
    const visitor = client(application)
    await visitor.get('/')
    const before = visitor.cookies.get('session')
    await visitor.post('/sign-in', { form: { name: 'Barbara', password } })
    const after = visitor.cookies.get('session')
    expect(after).not.toBe(before)

    await visitor.post('/sign-out')
    const stolen = client(application, { headers: { cookie: `session=${after}` } })
    expect(await (await stolen.get('/')).text()).not.toContain('Signed in as')
  })

  it('rejects a form that was sent from another site', async () => {
    const visitor = await signedIn('Edsger')
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect((await visitor.post('/entries', { form: { message: 'forged' }, headers })).status).toBe(403)
  })

  it('sends security headers with pages, errors and files', async () => {
    for (const path of ['/', '/nowhere', '/style.css']) {
      const { headers } = await client(application).get(path)
      expect(headers.get('content-security-policy')).toContain("script-src 'self' 'nonce-")
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
    }
  })

  it('counts each of twenty concurrent visits', async () => {
    const visitor = await signedIn('Donald')
    await Promise.all(Array.from({ length: 20 }, () => visitor.get('/')))
    expect(await (await visitor.get('/')).text()).toContain('visit number 22')
  })

  it('renders a page for unknown paths', async () => {
    const response = await client(application).get('/nowhere/<x>')
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('There is no page at')
  })
})
