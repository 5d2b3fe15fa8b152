import { cookies } from '@tsgi/cookies'
import { HttpError, stack, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { body, counting, quiet, read, secrets, visitor, write } from '../test/visitor.ts'
import { session } from './session.ts'
import { memoryStore } from './stores/memory/memory.ts'

describe('session', () => {
  it('stores the changes before an HttpError below 500, and nothing if any other error is thrown', async () => {
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

  it('does not call the store or set a cookie if the session is not used', async () => {
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

  it('only calls load if the session is only read, and sets no cookie', async () => {
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

  it('stores nothing if nothing changed', async () => {
    const store = counting(memoryStore())
    const web = visitor(store, { '/write': write })
    await web.get('/write')
    store.calls.length = 0
    expect((await web.get('/write')).headers.getSetCookie()).toEqual([])
    expect(store.calls).toEqual(['load', 'load'])
  })

  it('creates no session if it would be empty', async () => {
    const store = counting(memoryStore())
    const web = visitor(store, {
      '/': ({ session }) => {
        session.set('a', 1)
        session.delete('a')
        session.delete('b')
        session.flash('info', 'seen at once')
        session.takeFlashes()
        session.regenerateId()
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

  it('does not look up a cookie that is not an id', async () => {
    const store = counting(memoryStore())
    const web = visitor(store, { '/read': read })
    for (const value of ['', 'short', `${'A'.repeat(31)}%`, 'A'.repeat(33), '../../etc/passwd', '%00']) {
      web.cookies.set('session', value)
      expect(await body(web.get('/read'))).toBe('undefined')
    }
    expect(store.calls).toEqual([])
  })

  it('stores no ids, only their hashes', async () => {
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

  it('can be read but not changed after the response has been returned', async () => {
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
              () => session.takeFlashes(),
              () => session.regenerateId(),
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
      new Set(['session: the session cannot be changed because the response has already been returned']),
    )
  })

  it.each([500, 503])('stores nothing and sets no cookie if the status is %i', async (status) => {
    const web = visitor(
      memoryStore(),
      {
        '/read': read,
        '/write': write,
        '/returned': ({ session }) => {
          session.regenerateId()
          session.set('a', 2)
          return text('', { status })
        },
        '/thrown': ({ session }) => {
          session.destroy()
          throw new HttpError(status)
        },
      },
      quiet,
    )
    expect((await web.get('/returned')).headers.getSetCookie()).toEqual([])
    await web.get('/write')
    for (const path of ['/returned', '/thrown']) {
      const response = await web.get(path)
      expect([response.status, response.headers.getSetCookie()]).toEqual([status, []])
      expect(response.headers.get('vary')).toContain('Cookie')
    }
    expect(await body(web.get('/read'))).toBe('1')
  })

  it('responds with 500 and cancels the body if the session is too large', async () => {
    let stopped = false
    const errors: unknown[] = []
    const app = client(
      stack(
        cookies(),
        session({ secrets, maxSize: 100 }),
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
    expect(String(errors[0])).toMatch(/over maxSize, 100/)
  })

  it('reports a store that claims to be synchronous but is not', async () => {
    const store = memoryStore()
    const web = visitor(
      { ...store, load: async () => Promise.reject(new Error('late')) },
      { '/read': read, '/write': write },
      quiet,
    )
    await web.get('/write')
    expect((await web.get('/read')).status).toBe(500)
    expect(String(web.errors[0])).toMatch(/claims to be synchronous/)
  })
})
