import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Application, Middleware } from '../contract/application.ts'
import { extend } from '../contract/environ.ts'
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

  it('keeps an unmet need as its own', () => {
    const partial = stack(tag('a'), greeting)
    expectTypeOf(partial).toEqualTypeOf<Stack<{ greeting: string }, { user: User }>>()
    // @ts-expect-error 'user' is missing
    client(partial(() => text('')))
    client(stack(user, partial)(({ greeting }) => text(greeting)))
  })

  it('subtracts what it provides from needs declared beforehand', async () => {
    const needy: Application<{ user: User; greeting: string; title: string }> = ({ greeting, title }) =>
      text(title + greeting)
    const left = stack(user, greeting)(needy)
    expectTypeOf(left).toEqualTypeOf<Application<{ title: string }>>()
    // @ts-expect-error 'title' is missing
    client(left)
    const title: Middleware<{ title: string }> = (app) => (environ) =>
      app(extend(environ, { title: 'Dear, ' }))
    expect(await (await client(title(left)).get('/')).text()).toBe('Dear, Hello Ada')
  })

  it('refuses a need that only a later part meets, at that argument', () => {
    // @ts-expect-error 'user' is provided later in this stack
    stack(greeting, user)
    // @ts-expect-error 'user' is provided later in this stack
    stack(tag('a'), greeting, tag('b'), user)
  })

  it('refuses a need that is met with another type', () => {
    const number: Middleware<{ user: number }> = (app) => (environ) => app(extend(environ, { user: 1 }))
    // @ts-expect-error 'user' is provided before, but with another type
    stack(number, greeting)
  })

  it('names the argument that is no middleware', () => {
    const wrong = [user, undefined] as unknown as [typeof user]
    expect(() => stack(...wrong)).toThrow(new TypeError('stack: argument 2 is undefined, not a middleware'))
  })
})
