import { type Application, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { sharedStores } from '../test/stores.ts'
import { body, type Handler, read, visitor, write } from '../test/visitor.ts'
import { createSessions } from './create-sessions.ts'
import { session } from './session.ts'

describe.each(sharedStores)('a session in %s', (_, create) => {
  it('keeps values for one visitor and hides them from others', async () => {
    const store = create()
    const ada = visitor(store, { '/read': read, '/write': write })
    const bob = visitor(store, { '/read': read, '/write': write })
    await ada.get('/write')
    expect(await body(ada.get('/read'))).toBe('1')
    expect(await body(bob.get('/read'))).toBe('undefined')
  })

  it('returns the changes in the same request', async () => {
    const web = visitor(create(), {
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

  it('stores deletions and updates', async () => {
    const web = visitor(create(), {
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

  it('gives a visitor with an unknown id a new one', async () => {
    const web = visitor(create(), { '/read': read, '/write': write })
    const planted = 'A'.repeat(32)
    web.cookies.set('session', planted)
    expect(await body(web.get('/read'))).toBe('undefined')
    expect(web.cookies.get('session')).toBe(planted)
    await web.get('/write')
    expect(web.cookies.get('session')).toMatch(/^[\w-]{32}$/)
    expect(web.cookies.get('session')).not.toBe(planted)
    expect(await body(web.get('/read'))).toBe('1')
  })

  it('has a new id after regenerateId, and the old one is invalid', async () => {
    const store = create()
    const handlers: Record<string, Handler> = {
      '/read': read,
      '/write': write,
      '/sign-in': ({ session }) => {
        session.regenerateId()
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

  it('is deleted by destroy, together with its cookie', async () => {
    const store = create()
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

  it('is a new session if it is changed after destroy', async () => {
    const web = visitor(create(), {
      '/write': write,
      '/sign-out': ({ session }) => {
        session.set('b', 'before')
        session.destroy()
        session.flash('info', 'Signed out.')
        return text('')
      },
      '/': ({ session }) => text(JSON.stringify([session.takeFlashes(), session.get('a'), session.get('b')])),
    })
    await web.get('/write')
    const before = web.cookies.get('session')
    await web.get('/sign-out')
    expect(web.cookies.get('session')).not.toBe(before)
    expect(await body(web.get('/'))).toBe('[[{"type":"info","message":"Signed out."}],null,null]')
  })

  it('is found behind other cookies of the same name', async () => {
    const store = create()
    const web = visitor(store, { '/read': read, '/write': write })
    await web.get('/write')
    const id = web.cookies.get('session')
    const get = (cookie: string) => body(web.get('/read', { headers: { cookie } }))
    expect(await get(`session=junk; session=${'A'.repeat(32)}; session=${id}`)).toBe('1')
    // A request makes the server look up at most four.
    const unknown = ['A', 'B', 'C', 'D'].map((letter) => `session=${letter.repeat(32)}`)
    expect(await get([...unknown, `session=${id}`].join('; '))).toBe('undefined')
  })

  it('is shared by all requests of a page that started it, but not by first requests at the same time', async () => {
    const handlers: Record<string, Handler> = {
      '/page': ({ session }) => {
        if (session.isNew) session.set('since', Date.now())
        return text('')
      },
      '/add': ({ session }) => text(`${session.update('count', (count = 0) => (count as number) + 1)}`),
      '/count': ({ session }) => text(`${session.get('count')}`),
    }
    const early = visitor(create(), handlers)
    await Promise.all([early.get('/add'), early.get('/add'), early.get('/add')])
    expect(await body(early.get('/count'))).toBe('1')
    const web = visitor(create(), handlers)
    await web.get('/page')
    await Promise.all([web.get('/add'), web.get('/add'), web.get('/add')])
    expect(await body(web.get('/count'))).toBe('3')
  })

  it('returns a flash message once', async () => {
    const web = visitor(create(), {
      '/flash': ({ session }) => {
        session.flash('info', 'one')
        session.flash('error', 'two')
        session.flash('info', 'one')
        return text('')
      },
      '/errors': ({ session }) => text(JSON.stringify(session.takeFlashes('error'))),
      '/': ({ session }) => text(JSON.stringify([session.takeFlashes(), session.takeFlashes()])),
    })
    await web.get('/flash')
    expect(await body(web.get('/errors'))).toBe('[{"type":"error","message":"two"}]')
    const info = '{"type":"info","message":"one"}'
    expect(await body(web.get('/'))).toBe(`[[${info},${info}],[]]`)
    expect(await body(web.get('/'))).toBe('[[],[]]')
  })
})

it('says that cookies() is missing', async () => {
  const message = "session: 'cookies' is missing: apply cookies() before session()"
  const options = { secrets: 'a secret of at least 32 characters' }
  const application = session(options)(() => text('Hello')) as Application
  const errors: unknown[] = []
  const web = client(application, { errors: { write: (problem) => errors.push(problem) } })
  expect((await web.get('/')).status).toBe(500)
  expect(String(errors[0])).toBe(`TypeError: ${message}`)

  const { open } = createSessions(options)
  const direct = client((environ) => {
    expect(() => open(environ as never)).toThrow(new TypeError(message))
    return text('checked')
  })
  expect(await (await direct.get('/')).text()).toBe('checked')
})
