import { text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { sharedStores } from '../test/stores.ts'
import { body, type Handler, read, visitor, write } from '../test/visitor.ts'

describe.each(sharedStores)('a session in %s', (_, make) => {
  it('keeps what was written for the same visitor, and for no other', async () => {
    const store = make()
    const ada = visitor(store, { '/read': read, '/write': write })
    const bob = visitor(store, { '/read': read, '/write': write })
    await ada.get('/write')
    expect(await body(ada.get('/read'))).toBe('1')
    expect(await body(bob.get('/read'))).toBe('undefined')
  })

  it('shows in a request what that request wrote', async () => {
    const web = visitor(make(), {
      '/': ({ session }) => {
        const seen: unknown[] = [session.get('a'), session.has('a'), session.isNew]
        session.set('a', [1])
        seen.push(session.get('a'), session.has('a'))
        seen.push(session.update('a', (a) => [...(a as number[]), 2]))
        session.delete('a')
        seen.push(session.get('a'), session.has('a'))
        return text(JSON.stringify(seen))
      },
    })
    expect(await body(web.get('/'))).toBe('[null,false,true,[1],true,[1,2],null,false]')
  })

  it('keeps deletes and updates', async () => {
    const web = visitor(make(), {
      '/write': ({ session }) => {
        for (const key of ['a', 'b', 'c']) session.set(key, 1)
        return text('')
      },
      '/change': ({ session }) => {
        session.delete('a')
        session.update('b', (b) => (b as number) + 1)
        session.update('c', () => undefined)
        session.update('d', (d = 'new') => d)
        return text('')
      },
      '/read': ({ session }) => text(JSON.stringify(['a', 'b', 'c', 'd'].map((key) => session.get(key)))),
    })
    await web.get('/write')
    await web.get('/change')
    expect(await body(web.get('/read'))).toBe('[null,2,null,"new"]')
  })

  it('gives a visitor whose id it does not know another one', async () => {
    const web = visitor(make(), { '/read': read, '/write': write })
    const planted = 'A'.repeat(32)
    web.cookies.set('session', planted)
    expect(await body(web.get('/read'))).toBe('undefined')
    expect(web.cookies.get('session')).toBe(planted)
    await web.get('/write')
    expect(web.cookies.get('session')).toMatch(/^[\w-]{32}$/)
    expect(web.cookies.get('session')).not.toBe(planted)
    expect(await body(web.get('/read'))).toBe('1')
  })

  it('has a new id after regenerate, and nothing under the old one', async () => {
    const store = make()
    const handlers: Record<string, Handler> = {
      '/read': read,
      '/write': write,
      '/sign-in': ({ session }) => {
        session.regenerate()
        session.set('user', 'ada')
        return text('')
      },
      '/user': ({ session }) => text(`${session.get('user')} ${session.get('a')} ${session.isNew}`),
    }
    const web = visitor(store, handlers)
    await web.get('/write')
    const before = web.cookies.get('session')!
    await web.get('/sign-in')
    expect(web.cookies.get('session')).not.toBe(before)
    expect(await body(web.get('/user'))).toBe('ada 1 false')
    const thief = visitor(store, handlers)
    thief.cookies.set('session', before)
    expect(await body(thief.get('/user'))).toBe('undefined undefined true')
  })

  it('is gone after destroy, and the cookie with it', async () => {
    const store = make()
    const handlers: Record<string, Handler> = {
      '/read': read,
      '/write': write,
      '/sign-out': ({ session }) => {
        session.destroy()
        return text(`${session.get('a')} ${session.isNew}`)
      },
    }
    const web = visitor(store, handlers)
    await web.get('/write')
    const before = web.cookies.get('session')!
    expect(await body(web.get('/sign-out'))).toBe('undefined true')
    expect(web.cookies.get('session')).toBeUndefined()
    const thief = visitor(store, handlers)
    thief.cookies.set('session', before)
    expect(await body(thief.get('/read'))).toBe('undefined')
  })

  it('begins another session with what is written after destroy', async () => {
    const web = visitor(make(), {
      '/write': write,
      '/sign-out': ({ session }) => {
        session.set('b', 'before')
        session.destroy()
        session.flash('info', 'Signed out.')
        return text('')
      },
      '/': ({ session }) => text(JSON.stringify([session.flashes(), session.get('a'), session.get('b')])),
    })
    await web.get('/write')
    const before = web.cookies.get('session')
    await web.get('/sign-out')
    expect(web.cookies.get('session')).not.toBe(before)
    expect(await body(web.get('/'))).toBe('[[{"type":"info","message":"Signed out."}],null,null]')
  })

  it('shows a flash once', async () => {
    const web = visitor(make(), {
      '/flash': ({ session }) => {
        session.flash('info', 'one')
        session.flash('error', 'two')
        session.flash('info', 'one')
        return text('')
      },
      '/errors': ({ session }) => text(JSON.stringify(session.flashes('error'))),
      '/': ({ session }) => text(JSON.stringify([session.flashes(), session.flashes()])),
    })
    await web.get('/flash')
    expect(await body(web.get('/errors'))).toBe('[{"type":"error","message":"two"}]')
    const info = '{"type":"info","message":"one"}'
    expect(await body(web.get('/'))).toBe(`[[${info},${info}],[]]`)
    expect(await body(web.get('/'))).toBe('[[],[]]')
  })
})
