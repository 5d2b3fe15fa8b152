import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type AnyMiddleware,
  type Application,
  type Callable,
  type Environ,
  extend,
  json,
  type Middleware,
  mapText,
  mount,
  type ProvidesOf,
  type RequiresOf,
  type Stack,
  stack,
  text,
  toFetch,
  withPath,
} from '../index.ts'
import { client, testEnviron } from '../testing.ts'

interface Cookies {
  readonly cookies: Map<string, string>
}
interface Session {
  readonly session: { id: string }
}
type Both = { readonly cookies: Map<string, string>; readonly session: { id: string } }
const cookies: Middleware<Cookies> = (app) => (environ) => app(extend(environ, { cookies: new Map() }))
const session: Middleware<Session, Cookies> = (app) => (environ) =>
  app(extend(environ, { session: { id: '7' } }))

describe('an application', () => {
  it('gets what it needs in addition to the contract from its type', () => {
    expectTypeOf<Parameters<Application>>().toEqualTypeOf<[Environ & object]>()
    expectTypeOf<Parameters<Application<Session>>>().toEqualTypeOf<[Environ & Session]>()
    expectTypeOf<Application>().toExtend<Application<Session>>()
    expectTypeOf<Application<Session>>().not.toExtend<Application>()
  })

  it('returns a response or a promise of one', () => {
    expectTypeOf<() => Response>().toExtend<Application>()
    expectTypeOf<() => Promise<Response>>().toExtend<Application>()
    expectTypeOf<() => string>().not.toExtend<Application>()
    expectTypeOf<() => undefined>().not.toExtend<Application>()
  })
})

describe('a middleware', () => {
  it('passes what it provides and what it requires to the handler inside', () => {
    session((environ) => {
      expectTypeOf(environ.session).toEqualTypeOf<{ id: string }>()
      expectTypeOf(environ.cookies).toEqualTypeOf<Map<string, string>>()
      expectTypeOf(environ.method).toEqualTypeOf<string>()
      return text('')
    })
  })

  it('has types that say what it provides and requires', () => {
    expectTypeOf<ProvidesOf<typeof session>>().toEqualTypeOf<Session>()
    expectTypeOf<RequiresOf<typeof session>>().toEqualTypeOf<Cookies>()
    expectTypeOf<ProvidesOf<Middleware>>().toEqualTypeOf<object>()
    expectTypeOf(session).toExtend<AnyMiddleware>()
  })

  it('may be generic in what it provides', async () => {
    const value =
      <K extends string, T>(key: K, value: T): Middleware<Record<`my_${K}`, T>> =>
      (app) =>
      (environ) =>
        app(extend(environ, { [`my_${key}`]: value } as Record<`my_${K}`, T>))
    const web = stack(value('number', 7), value('list', ['a']))
    const app = web(({ my_number, my_list }) => {
      expectTypeOf(my_number).toEqualTypeOf<number>()
      expectTypeOf(my_list).toEqualTypeOf<string[]>()
      return json([my_number, my_list])
    })
    expect(await (await client(app).get('/')).json()).toEqual([7, ['a']])
  })

  it('may be applied to an application whose needs were declared before', async () => {
    const needy: Application<Both> = ({ session, cookies }) => text(`${session.id} ${cookies.size}`)
    const inner = session(needy)
    expectTypeOf(inner).toEqualTypeOf<Application<Cookies> & Callable<unknown>>()
    expect(await (await client(cookies(inner)).get('/')).text()).toBe('7 0')
    const onlySession: Application<Session> = ({ session }) => text(session.id)
    expectTypeOf(session(onlySession)).toEqualTypeOf<Application<Cookies> & Callable<unknown>>()
  })

  it('passes on the needs that it does not provide', () => {
    const needy: Application<Session> = ({ session }) => text(session.id)
    const unchanged: Middleware = (app) => app
    expectTypeOf(unchanged(needy)).toEqualTypeOf<Application<Session> & Callable<unknown>>()
  })

  it('is assignable to a middleware that provides less and requires more, and to no other', () => {
    expectTypeOf<Middleware<Cookies>>().toExtend<Middleware>()
    expectTypeOf<Middleware>().toExtend<Middleware<object, Cookies>>()
    expectTypeOf<Middleware>().not.toExtend<Middleware<Cookies>>()
    expectTypeOf<Middleware<object, Cookies>>().not.toExtend<Middleware>()
    expectTypeOf<Middleware<Session, Cookies>>().not.toExtend<Middleware<Session>>()
  })

  it('may be a class whose instances handle requests', async () => {
    class Goodbye<E extends object> {
      readonly #app: Application<E>
      #served = 0
      constructor(app: Application<E>) {
        this.#app = app
      }
      readonly answer: Application<E> = async (environ) => {
        this.#served++
        return mapText(
          await this.#app(environ),
          (text) => `${text.replace('Hello', 'Goodbye')} ${this.#served}`,
        )
      }
    }
    const goodbye: Middleware = (app) => new Goodbye(app).answer
    const web = client(stack(cookies, goodbye)(({ cookies }) => text(`Hello ${cookies.size}`)))
    await web.get('/')
    expect(await (await web.get('/')).text()).toBe('Goodbye 0 2')
  })
})

describe('a stack', () => {
  it('adds up and subtracts, whatever its length', () => {
    expectTypeOf(stack()).toEqualTypeOf<Stack<object, object>>()
    expectTypeOf(stack(session)).toEqualTypeOf<Stack<Session, Cookies>>()
    expectTypeOf(stack(cookies, session)).toEqualTypeOf<Stack<Both, object>>()
    expectTypeOf(stack(stack(cookies), stack(stack(session)))).toEqualTypeOf<Stack<Both, object>>()
  })
})

describe('mount', () => {
  it('requires what the mounted application needs', async () => {
    const admin: Application<Session> = ({ session }) => text(session.id)
    const mounted = mount('/admin', admin)
    expectTypeOf(mounted).toEqualTypeOf<Middleware<object, Session>>()
    expectTypeOf(stack(cookies, session, mounted)).toEqualTypeOf<Stack<Both, object>>()
    expectTypeOf(mount('/a', () => text('')) satisfies Middleware).toEqualTypeOf<Middleware<object, object>>()
    const web = client(stack(cookies, session, mounted)(() => text('site')))
    expect(await (await web.get('/admin')).text()).toBe('7')
  })
})

describe('extend and withPath', () => {
  it('keep the type of the environ they are given', () => {
    const environ = extend(testEnviron('/'), { a: 1 })
    expectTypeOf(extend(environ, { b: 'x' })).toEqualTypeOf<Environ & { a: number } & { b: string }>()
    expectTypeOf(withPath(environ, { scriptName: '', pathInfo: '/' })).toEqualTypeOf<
      Environ & { a: number }
    >()
  })
})

describe('toFetch', () => {
  it('accepts an application that needs nothing more', () => {
    expectTypeOf(toFetch).parameter(0).toEqualTypeOf<Application>()
  })
})
