import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Application, type Environ, extend, type Middleware, text } from '../index.ts'
import { client, testEnviron } from '../testing.ts'

describe('extend', () => {
  it('adds keys to the environ itself and returns it with the wider type', () => {
    const environ = testEnviron('/')
    const wider = extend(environ, { user: 'Ada' })
    expect(wider).toBe(environ)
    expect(wider.user).toBe('Ada')
    expectTypeOf(wider).toEqualTypeOf<Environ & { user: string }>()
  })

  it('replaces what a middleware outside added', () => {
    expect(extend(extend(testEnviron('/'), { user: 'Ada' }), { user: 'Grace' })).toHaveProperty(
      'user',
      'Grace',
    )
  })

  it('rejects the keys of the contract', () => {
    // @ts-expect-error 'headers' is a key of the contract
    expect(() => extend(testEnviron('/'), { headers: new Headers() })).toThrow(TypeError)
    // @ts-expect-error 'request' is a key of the contract, beside one that is not
    expect(() => extend(testEnviron('/'), { user: 1, request: new Request('http://a/') })).toThrow(TypeError)
    // @ts-expect-error 'upgrade' is a key of the contract
    expect(() => extend(testEnviron('/'), { upgrade: undefined })).toThrow(TypeError)
  })
})

describe('an environ', () => {
  it('is not an environ after a copy with a spread', () => {
    const greet: Application<{ user: string }> = ({ user }) => text(user)
    // @ts-expect-error the copy lacks every member but those of the target
    const app: Application = (environ) => greet({ ...environ, user: 'Ada' })
    expect(app).toBeTypeOf('function')
    expectTypeOf(() => ({ ...testEnviron('/'), user: 'Ada' })).returns.not.toExtend<Environ>()
    expect({ ...testEnviron('/') }).not.toHaveProperty('headers')
  })

  it('has no upgrade and no route unless someone provides them', () => {
    const { upgrade, route } = testEnviron('/')
    expect([upgrade, route]).toEqual([undefined, undefined])
  })

  it('says which version of the contract its gateway implements', () => {
    expect(testEnviron('/').gateway).toMatchObject({ name: 'test', version: '0.0.0', specVersion: '1.0' })
  })

  it('says that its gateway is stopping', async () => {
    expect(testEnviron('/').gateway.stopping.aborted).toBe(false)
    const stopping = AbortSignal.abort('stop')
    const stopped: Middleware = (app) => (environ) =>
      environ.gateway.stopping.aborted ? text('stopping') : app(environ)
    const web = client(
      stopped(() => text('')),
      { stopping },
    )
    expect(await (await web.get('/')).text()).toBe('stopping')
  })
})
