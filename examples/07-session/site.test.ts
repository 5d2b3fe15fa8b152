import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cookies } from '@tsgi/cookies'
import { stack } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { session } from '@tsgi/session'
import { memoryStore } from '@tsgi/session/memory'
import { sqliteStore } from '@tsgi/session/sqlite'
import { expect, it } from 'vitest'
import { site } from './site.ts'

const secret = 'a secret of at least 32 characters'

async function signedIn(application = site(memoryStore(), secret)) {
  const visitor = client(application)
  await visitor.post('/sign-in', { form: { name: 'Ada' } })
  return visitor
}

it('counts the visits of each visitor apart', async () => {
  const application = site(memoryStore(), secret)
  const [ada, bob] = [client(application), client(application)]
  await ada.get('/')
  await bob.get('/')
  expect(await (await ada.get('/')).text()).toBe('Visit 2 of somebody\n')
})

it('shows a message once, after the redirect', async () => {
  const visitor = client(site(memoryStore(), secret))
  const welcome = await visitor.post('/sign-in', { form: { name: 'Ada' }, redirect: 'follow' })
  expect(await welcome.text()).toBe('Welcome, Ada.\nVisit 1 of Ada\n')
  expect(await (await visitor.get('/')).text()).toBe('Visit 2 of Ada\n')
})

it('has a new id from signing in, and none from signing out', async () => {
  const application = site(memoryStore(), secret)
  const visitor = client(application)
  await visitor.get('/')
  const planted = visitor.cookies.get('session')

  await visitor.post('/sign-in', { form: { name: 'Ada' } })
  const stolen = client(application)
  stolen.cookies.set('session', visitor.cookies.get('session')!)
  expect(visitor.cookies.get('session')).not.toBe(planted)
  expect(await (await stolen.get('/')).text()).toContain('of Ada')

  await visitor.post('/sign-out')
  expect(await (await stolen.get('/')).text()).toBe('Visit 1 of somebody\n')
})

it('keeps what two requests wrote at the same time', async () => {
  const visitor = await signedIn()
  const { readable, writable } = new TransformStream<Uint8Array>()

  const slow = visitor.post('/notes', { body: readable })
  await visitor.get('/')
  const writer = writable.getWriter()
  await writer.write(new TextEncoder().encode('Buy tea'))
  await writer.close()
  await slow

  expect(await (await visitor.get('/')).text()).toBe('Visit 2 of Ada\n- Buy tea\n')
})

it('counts every one of a hundred visits at the same time', async () => {
  const visitor = await signedIn()
  await Promise.all(Array.from({ length: 100 }, () => visitor.get('/')))
  expect(await (await visitor.get('/')).text()).toBe('Visit 101 of Ada\n')
})

it('knows a visitor again after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
  const path = join(folder, 'sessions.sqlite')
  const before = sqliteStore({ path })
  const visitor = await signedIn(site(before, secret))
  await visitor.get('/')
  before.close()

  const after = sqliteStore({ path })
  const again = client(site(after, secret))
  again.cookies.set('session', visitor.cookies.get('session')!)
  expect(await (await again.get('/')).text()).toBe('Visit 2 of Ada\n')
  after.close()
  rmSync(folder, { recursive: true })
})

it('compiles in the right order only', () => {
  // @ts-expect-error 'cookies' is provided later in this stack
  stack(session({ secret }), cookies())
})
