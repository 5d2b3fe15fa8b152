import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Application, Callable, Middleware } from '../contract/application.ts'
import { extend } from '../contract/environ.ts'
import { checkOptions } from '../options.ts'
import { text } from '../response/helpers.ts'
import { client } from '../testing.ts'
import { type Stack, stack } from './stack.ts'

interface User {
  readonly name: string
}
const user: Middleware<{ user: User }> = (app) => (environ) => app(extend(environ, { user: { name: 'Ada' } }))
const greeting: Middleware<{ greeting: string }, { user: User }> = (app) => (environ) =>
  app(extend(environ, { greeting: `Hello ${environ.user.name}` }))
const tag =
  (letter: string): Middleware =>
  (app) =>
  async (environ) =>
    text(`${letter}(${await (await app(environ)).text()})`)

describe('stack', () => {
  it('composes left to right, the first outermost', async () => {
    const web = client(stack(tag('a'), tag('b'), tag('c'))(() => text('app')))
    expect(await (await web.get('/')).text()).toBe('a(b(c(app)))')
  })

  it('changes nothing when it is empty', async () => {
    const app: Application = () => text('same')
    expect(stack()(app)).toBe(app)
  })

  it('adds up what the parts provide', async () => {
    const web = stack(user, greeting)
    expectTypeOf(web).toEqualTypeOf<Stack<{ user: User; greeting: string }, object>>()
    const response = await client(web(({ user, greeting }) => text(`${greeting}, ${user.name}`))).get('/')
    expect(await response.text()).toBe('Hello Ada, Ada')
  })

  it('requires what no layer provides', () => {
    const partial = stack(tag('a'), greeting)
    expectTypeOf(partial).toEqualTypeOf<Stack<{ greeting: string }, { user: User }>>()
    // @ts-expect-error 'user' is missing
    client(partial(() => text('')))
    client(stack(user, partial)(({ greeting }) => text(greeting)))
  })

  it('subtracts what it provides from declared needs', async () => {
    const needy: Application<{ user: User; greeting: string; title: string }> = ({ greeting, title }) =>
      text(title + greeting)
    const left = stack(user, greeting)(needy)
    expectTypeOf(left).toEqualTypeOf<Application<{ title: string }> & Callable<unknown>>()
    // @ts-expect-error 'title' is missing
    client(left)
    const title: Middleware<{ title: string }> = (app) => (environ) =>
      app(extend(environ, { title: 'Dear, ' }))
    expect(await (await client(title(left)).get('/')).text()).toBe('Dear, Hello Ada')
  })

  it('lets a middleware replace what it requires, and what it may find', async () => {
    const louder: Middleware<{ greeting: string }, { greeting: string }> = (app) => (environ) =>
      app(extend(environ, { greeting: environ.greeting.toUpperCase() }))
    const steps: Middleware<{ steps: number }, { steps?: number }> = (app) => (environ) =>
      app(extend(environ, { steps: (environ.steps ?? 0) + 1 }))
    const web = stack(user, greeting, louder, steps, stack(steps), steps)
    const app = web(({ greeting, steps }) => text(`${greeting} ${steps}`))
    expect(await (await client(app).get('/')).text()).toBe('HELLO ADA 3')
  })

  it('accepts a list of middleware that provides nothing, in any position', async () => {
    const plugins: Middleware[] = [tag('p'), tag('q')]
    const none: Middleware[] = []
    const app = stack(...none, user, ...plugins, greeting)
    // TypeScript sees one list of what is between two lists, so `user` may be missing.
    expectTypeOf(app).toEqualTypeOf<Stack<{ greeting: string }, { user: User }>>()
    const parts = [user, greeting] as const
    const web = stack(tag('a'), ...parts, tag('b'))
    expectTypeOf(web).toEqualTypeOf<Stack<{ user: User; greeting: string }, object>>()
    expect(await (await client(web(({ greeting }) => text(greeting))).get('/')).text()).toBe(
      'a(b(Hello Ada))',
    )
    const last = stack(user, greeting, ...plugins)
    expectTypeOf(last).toEqualTypeOf<Stack<{ user: User; greeting: string }, object>>()
    const first = stack(...plugins, user, greeting)
    expectTypeOf(first).toEqualTypeOf<Stack<{ user: User; greeting: string }, object>>()
    expect(await (await client(first(({ greeting }) => text(greeting))).get('/')).text()).toBe(
      'p(q(Hello Ada))',
    )
  })

  it('requires what a list requires, even if the list may be empty', () => {
    const needy: Middleware<object, { user: User }>[] = []
    expectTypeOf(stack(...needy)).toEqualTypeOf<Stack<object, { user: User }>>()
    expectTypeOf(stack(user, ...needy)).toEqualTypeOf<Stack<{ user: User }, object>>()
  })

  it.each<[unknown, string]>([
    [undefined, 'stack: argument 2 must be a middleware, got undefined'],
    [{}, 'stack: argument 2 must be a middleware, got an instance of Object'],
  ])('throws if an argument is %s', (wrong, message) => {
    const layers = [user, wrong] as unknown as [typeof user]
    expect(() => stack(...layers)).toThrow(new TypeError(message))
  })

  it('throws when it is applied if an argument is an application', async () => {
    const application = function site() {
      return text('')
    }
    const broken = async function broken() {
      throw new Error('not called as an application')
    }
    const remedy = 'If it is an application, apply the stack to it: stack(…)(application)'
    for (const [app, name, returned] of [
      [application, 'site', 'Response'],
      [broken, 'broken', 'Promise'],
    ] as const) {
      const layers = [user, app] as unknown as [typeof user]
      expect(() => stack(...layers)(() => text(''))).toThrow(
        new TypeError(
          `stack: argument 2 (${name}) must be a middleware, which returns an application, but it returned an instance of ${returned}. ${remedy}`,
        ),
      )
    }
  })

  it('names a factory that was not called when it is applied', () => {
    const cors = (options: object = {}): Middleware => {
      checkOptions('cors', options, [])
      return (app) => app
    }
    const layers = [cors] as unknown as [typeof user]
    expect(() => stack(...layers)(() => text(''))).toThrow(
      new TypeError('cors: options must be an object, got a function. Call cors(…) before you pass it on'),
    )
  })
})
