import { cookies } from '@tsgi/cookies'
import { HttpError, stack, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { body, counting, quiet, read, secret, visitor, write } from '../test/visitor.ts'
import { memoryStore } from './memory.ts'
import { session } from './session.ts'

describe('what session keeps', () => {
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
