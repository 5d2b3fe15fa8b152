import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Application, type Awaitable, chain, type Middleware, text, withHeaders } from '../index.ts'
import { client } from '../testing.ts'

const stamped: Middleware = (app) => (environ) =>
  chain(app(environ), (response) => withHeaders(response, { 'x-stamp': '1' }))

describe('chain', () => {
  it.each<[string, Application]>([
    ['a synchronous', () => text('Hello')],
    ['an asynchronous', async () => text('Hello')],
  ])('changes the response of %s application', async (_, application) => {
    const response = await client(stamped(application)).get('/')
    expect(response.headers.get('x-stamp')).toBe('1')
    expect(await response.text()).toBe('Hello')
  })

  it('calls next immediately if the value is not a promise', async () => {
    expect(chain(1, (n) => n + 1)).toBe(2)
    const later = chain(1, async (n) => n + 1)
    expect(later).toBeInstanceOf(Promise)
    expect(await later).toBe(2)
    expect(await chain(Promise.resolve(1), async (n) => n + 1)).toBe(2)
  })

  it('passes on errors unchanged', async () => {
    const next = () => {
      throw new Error('of next')
    }
    expect(() => chain(1, next)).toThrow('of next')
    await expect(chain(Promise.resolve(1), next)).rejects.toThrow('of next')
    await expect(chain(Promise.reject(new Error('of the value')), next)).rejects.toThrow('of the value')
  })

  it('has the type that next returns', () => {
    expectTypeOf(chain(1, (n) => String(n))).toEqualTypeOf<Awaitable<string>>()
  })
})
