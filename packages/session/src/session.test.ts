import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, HttpError, stack, stream, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { sharedStores } from '../test/stores.ts'
import { memoryStore } from './memory.ts'
import { session } from './session.ts'
import type { Session } from './session-type.ts'
import type { Store } from './store.ts'

const secret = 'a secret for tests of 32 characters'

type Handler = Application<{ session: Session; cookies: Cookies }>

/** A visitor of an application whose handlers are found by path. */
function visitor(store: Store, handlers: Record<string, Handler>, errors?: { write(): void }): Client {
  const app: Handler = (environ) => handlers[environ.pathInfo]!(environ)
  return client(stack(cookies(), session({ secret, store }))(app), errors ? { errors } : {})
}

const read: Handler = ({ session }) => text(String(session.get('a')))
const write: Handler = ({ session }) => {
  session.set('a', 1)
  return text('')
}
const quiet = { write() {} }

async function body(response: Promise<Response>): Promise<string> {
  return (await response).text()
}

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

describe('session', () => {
  it('keeps what was written before an HttpError, and nothing where anything else was thrown', async () => {
    const web = visitor(
      memoryStore(),
      {
        '/read': read,
        '/refused': ({ session }) => {
          session.set('a', 'refused')
          throw new HttpError(403)
        },
        '/broken': async ({ session }) => {
          session.set('a', 'broken')
          throw new Error('out of order')
        },
      },
      quiet,
    )
    expect((await web.get('/refused')).status).toBe(403)
    expect(await body(web.get('/read'))).toBe('refused')
    expect((await web.get('/broken')).status).toBe(500)
    expect(await body(web.get('/read'))).toBe('refused')
  })

  it('asks the store nothing and sets nothing where the session is not touched', async () => {
    const store = counting(memoryStore())
    const web = visitor(store, { '/write': write, '/': () => text('') })
    const first = await web.get('/')
    await web.get('/write')
    store.calls.length = 0
    const second = await web.get('/')
    expect(store.calls).toEqual([])
    for (const { headers } of [first, second]) {
      expect(headers.getSetCookie()).toEqual([])
      expect(headers.get('vary')).toBeNull()
    }
  })

  it('only loads where the session is only read, and sets no cookie', async () => {
    const store = counting(memoryStore())
    const web = visitor(store, { '/write': write, '/read': read })
    expect((await web.get('/read')).headers.getSetCookie()).toEqual([])
    expect(store.calls).toEqual([])
    expect((await web.get('/write')).headers.getSetCookie()).toHaveLength(1)
    expect(store.calls).toEqual(['commit'])
    store.calls.length = 0
    const response = await web.get('/read')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('vary')).toBe('Cookie')
    expect(store.calls).toEqual(['load'])
  })

  it('writes nothing where what is written was there already', async () => {
    const store = counting(memoryStore())
    const web = visitor(store, { '/write': write })
    await web.get('/write')
    store.calls.length = 0
    expect((await web.get('/write')).headers.getSetCookie()).toEqual([])
    expect(store.calls).toEqual(['load', 'load'])
  })

  it('makes no session where there would be nothing in it', async () => {
    const store = counting(memoryStore())
    const web = visitor(store, {
      '/': ({ session }) => {
        session.set('a', 1)
        session.delete('a')
        session.delete('b')
        session.flash('info', 'seen at once')
        session.flashes()
        session.regenerate()
        return text('')
      },
      '/destroy': ({ session }) => {
        session.destroy()
        return text('')
      },
    })
    expect((await web.get('/')).headers.getSetCookie()).toEqual([])
    expect((await web.get('/destroy')).headers.getSetCookie()).toEqual([])
    expect(store.calls).toEqual([])
  })

  it('does not ask the store about a cookie that is no id', async () => {
    const store = counting(memoryStore())
    const web = visitor(store, { '/read': read })
    for (const value of ['', 'short', `${'A'.repeat(31)}%`, 'A'.repeat(33), '../../etc/passwd', '%00']) {
      web.cookies.set('session', value)
      expect(await body(web.get('/read'))).toBe('undefined')
    }
    expect(store.calls).toEqual([])
  })

  it('keeps no id in the store, only its hash', async () => {
    const seen: string[] = []
    const store = memoryStore()
    const web = visitor(
      {
        ...store,
        commit(key, entry, version) {
          seen.push(key, entry.data)
          return store.commit(key, entry, version)
        },
      },
      { '/write': write },
    )
    await web.get('/write')
    expect(seen[0]).toMatch(/^[\w-]{43}$/)
    expect(seen.join()).not.toContain(web.cookies.get('session'))
  })

  it('takes no writes once the response was returned, but is still readable', async () => {
    const caught: unknown[] = []
    const web = visitor(memoryStore(), {
      '/write': write,
      '/': ({ session }) =>
        stream(
          (async function* () {
            await new Promise((resolve) => setTimeout(resolve, 5))
            const writes = [
              () => session.set('a', 2),
              () => session.delete('a'),
              () => session.update('a', () => 2),
              () => session.flash('info', ''),
              () => session.flashes(),
              () => session.regenerate(),
              () => session.destroy(),
            ]
            for (const write of writes) {
              try {
                write()
              } catch (error) {
                caught.push((error as Error).message)
              }
            }
            yield `a is ${session.get('a')}`
          })(),
        ),
    })
    await web.get('/write')
    expect(await body(web.get('/'))).toBe('a is 1')
    expect(caught).toHaveLength(7)
    expect(new Set(caught)).toEqual(
      new Set(['session: the response has been returned, so nothing can be written: write before that']),
    )
  })

  it('answers 500 and stops the body where the session is too large to keep', async () => {
    let stopped = false
    const errors: unknown[] = []
    const app = client(
      stack(
        cookies(),
        session({ secret, maxSize: 100 }),
      )(({ session }) => {
        session.set('a', 'x'.repeat(100))
        return new Response(
          new ReadableStream({
            cancel() {
              stopped = true
            },
          }),
        )
      }),
      { errors: { write: (problem) => errors.push(problem) } },
    )
    const response = await app.get('/')
    expect(response.status).toBe(500)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(stopped).toBe(true)
    expect(errors).toEqual([expect.objectContaining({ name: 'RangeError' })])
    expect(String(errors[0])).toMatch(/maxSize, 100/)
  })

  it('answers 500 where the store is out of order', async () => {
    const out = () => {
      throw new Error('disk full')
    }
    const store = memoryStore()
    let broken = false
    const web = visitor(
      {
        synchronous: true,
        load: (key) => (broken ? out() : store.load(key)),
        commit: (...entry) => (broken ? out() : store.commit(...entry)),
        destroy: (...entry) => (broken ? out() : store.destroy(...entry)),
      },
      { '/read': read, '/write': write, '/': () => text('untouched') },
      quiet,
    )
    await web.get('/write')
    broken = true
    expect((await web.get('/read')).status).toBe(500)
    expect((await web.get('/write')).status).toBe(500)
    expect(await body(web.get('/'))).toBe('untouched')
    broken = false
    expect(await body(web.get('/read'))).toBe('1')
  })

  it('says so where a store that calls itself synchronous is not', async () => {
    const store = memoryStore()
    const web = visitor(
      { ...store, load: async () => Promise.reject(new Error('late')) },
      { '/read': read, '/write': write },
      quiet,
    )
    await web.get('/write')
    expect((await web.get('/read')).status).toBe(500)
    expect(String(web.errors[0])).toMatch(/says it is synchronous/)
  })
})

function counting(store: Store): Store & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    synchronous: true,
    calls,
    load(key) {
      calls.push('load')
      return store.load(key)
    },
    commit(...entry) {
      calls.push('commit')
      return store.commit(...entry)
    },
    destroy(...entry) {
      calls.push('destroy')
      return store.destroy(...entry)
    },
  }
}
