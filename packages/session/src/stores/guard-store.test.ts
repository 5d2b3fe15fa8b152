import { text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { type Handler, quiet, read, visitor, write } from '../../test/visitor.ts'
import { memoryStore } from './memory/memory.ts'
import type { SessionStore } from './store.ts'

const handlers: Record<string, Handler> = {
  '/': () => text('no session needed'),
  '/read': read,
  '/write': write,
}
const headers = { cookie: `session=${'a'.repeat(32)}` }

describe('a store', () => {
  it('may return null if there is no session', async () => {
    const store = { ...memoryStore(), synchronous: false, load: async () => null } as unknown as SessionStore
    const web = visitor(store, handlers, quiet)
    const statuses = [await web.get('/read', { headers }), await web.get('/write', { headers })]
    expect(statuses.map(({ status }) => status)).toEqual([200, 200])
  })

  it.each([false, 0, '', 'x'])(
    'fails if load returns %j, but only for requests that use their session',
    async (junk) => {
      const store = {
        ...memoryStore(),
        synchronous: false,
        load: async () => junk,
      } as unknown as SessionStore
      const web = visitor(store, handlers, quiet)
      expect((await web.get('/', { headers })).status).toBe(200)
      expect((await web.get('/read', { headers })).status).toBe(503)
      expect(String(web.errors)).toContain('session: the store failed to load: it returned ')
    },
  )

  it.each([undefined, null, true, 'OK', {}, []])('fails if commit returns %j', async (junk) => {
    const web = visitor({ ...memoryStore(), commit: () => junk as never }, handlers, quiet)
    expect((await web.get('/write')).status).toBe(503)
    expect(String(web.errors)).toContain('expected { ok: true } or { ok: false, current }')
  })
})
