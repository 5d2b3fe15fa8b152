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

const secrets = 'a secret of at least 32 characters'

async function signedIn(application = site(secrets, memoryStore())) {
  const visitor = client(application)
  await visitor.post('/sign-in', { form: { name: 'Ada' } })
  return visitor
}

it('counts the visits of each visitor', async () => {
  const application = site(secrets, memoryStore())
  const [ada, bob] = [client(application), client(application)]
  await ada.get('/')
  await bob.get('/')
  expect(await (await ada.get('/')).text()).toBe('Hello stranger, this is visit 2.\n')
})

it('shows a message once, after the redirect', async () => {
  const visitor = client(site(secrets, memoryStore()))
  const welcome = await visitor.post('/sign-in', { form: { name: 'Ada' }, redirect: 'follow' })
  expect(await welcome.text()).toBe('Welcome, Ada.\nHello Ada, this is visit 1.\n')
  expect(await (await visitor.get('/')).text()).toBe('Hello Ada, this is visit 2.\n')
})

it('replaces the id when a visitor signs in, and ends the session when the visitor signs out', async () => {
  const application = site(secrets, memoryStore())
  const visitor = client(application)
  await visitor.get('/')
  const planted = visitor.cookies.get('session')

  await visitor.post('/sign-in', { form: { name: 'Ada' } })
  const stolen = client(application)
  stolen.cookies.set('session', visitor.cookies.get('session')!)
  expect(visitor.cookies.get('session')).not.toBe(planted)
  expect(await (await stolen.get('/')).text()).toContain('Hello Ada')

  await visitor.post('/sign-out')
  expect(await (await stolen.get('/')).text()).toBe('Hello stranger, this is visit 1.\n')
})

it('keeps the changes of two concurrent requests', async () => {
  const visitor = await signedIn()
  const { readable, writable } = new TransformStream<Uint8Array>()

  const slow = visitor.post('/notes', { body: readable })
  await visitor.get('/')
  const writer = writable.getWriter()
  await writer.write(new TextEncoder().encode('Buy tea'))
  await writer.close()
  await slow

  expect(await (await visitor.get('/')).text()).toBe('Hello Ada, this is visit 2.\n- Buy tea\n')
})

it('counts each of a hundred concurrent visits', async () => {
  const visitor = await signedIn()
  await Promise.all(Array.from({ length: 100 }, () => visitor.get('/')))
  expect(await (await visitor.get('/')).text()).toBe('Hello Ada, this is visit 101.\n')
})

it('keeps the session when the server restarts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
  const path = join(folder, 'sessions.sqlite')
  const before = sqliteStore({ path })
  const visitor = await signedIn(site(secrets, before))
  await visitor.get('/')
  before.close()

  const after = sqliteStore({ path })
  const again = client(site(secrets, after))
  again.cookies.set('session', visitor.cookies.get('session')!)
  expect(await (await again.get('/')).text()).toBe('Hello Ada, this is visit 2.\n')
  after.close()
  rmSync(folder, { recursive: true })
})

it('only compiles if the middleware is in the right order', () => {
  // @ts-expect-error 'cookies' is provided later in this stack
  stack(session({ secrets }), cookies())
})
