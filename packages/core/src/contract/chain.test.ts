import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Application, type Awaitable, chain, type Middleware, text, withHeaders } from '../index.ts'
import { client } from '../testing.ts'

const stamped: Middleware = (app) => (environ) =>
  chain(app(environ), (response) => withHeaders(response, { 'x-stamp': '1' }))

describe('after', () => {
  it.each<[string, Application]>([
    ['at once', () => text('Hello')],
    ['later', async () => text('Hello')],
  ])('changes what comes %s', async (_, application) => {
    const response = await client(stamped(application)).get('/')
    expect(response.headers.get('x-stamp')).toBe('1')
    expect(await response.text()).toBe('Hello')
  })

  it('waits for nothing that is at hand, and for a change that takes time', async () => {
    expect(chain(1, (n) => n + 1)).toBe(2)
    const later = chain(1, async (n) => n + 1)
    expect(later).toBeInstanceOf(Promise)
    expect(await later).toBe(2)
    expect(await chain(Promise.resolve(1), async (n) => n + 1)).toBe(2)
  })

  it('leaves errors as they come', async () => {
    const change = () => {
      throw new Error('of the change')
    }
    expect(() => chain(1, change)).toThrow('of the change')
    await expect(chain(Promise.resolve(1), change)).rejects.toThrow('of the change')
    await expect(chain(Promise.reject(new Error('of the value')), change)).rejects.toThrow('of the value')
  })

  it('has the type of what the change makes', () => {
    expectTypeOf(chain(1, (n) => String(n))).toEqualTypeOf<Awaitable<string>>()
  })
})
