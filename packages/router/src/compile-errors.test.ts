/** The messages that a user reads for tables that do not compile. */
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { compileErrors } from '../../../scripts/compile-errors.ts'

const preamble = `
  import { type Application, type Environ, type Middleware, stack, text } from '@tsgi/core'
  import { router } from '@tsgi/router'
  interface Cookies { cookies: Map<string, string> }
  interface Session { session: { id: string } }
  declare const cookies: () => Middleware<Cookies>
  declare const session: () => Middleware<Session, Cookies>
  declare const signedIn: Middleware<{ user: string }, Session>
  declare const needy: Application<Session>
  declare const optional: Application<Partial<Session>>
`

const missing = (key: string) =>
  `"'${key}' is missing: apply the middleware that provides it to this route, as in middleware(application), or to all routes, as in router(stack(…), table)"`

/** Each program, and the part of the message that says what to do; `undefined` if it compiles. */
const programs: Record<string, [code: string, message: string | undefined]> = {
  'a table whose needs are met': [
    `router(stack(cookies(), session()), {
      '/': needy,
      '/:id': { GET: needy, POST: signedIn(({ user, params }) => text(user + params.id)) },
      '/optional': optional,
    })`,
    undefined,
  ],
  'an application that needs a key': ["router({ '/': needy })", missing('session')],
  'a method that needs a key': ["router({ '/': { GET: () => text(''), POST: needy } })", missing('session')],
  'a need that the middleware does not meet': ["router(cookies(), { '/': needy })", missing('session')],
  'a need beside handlers with parameters': [
    `router(cookies(), {
      '/a/:id': ({ params, cookies }) => text(params.id + cookies.size),
      '/b/:id': { GET: ({ params }) => text(params.id), PUT: needy },
    })`,
    missing('session'),
  ],
  'a middleware around a handler': [
    "router({ '/': signedIn(({ user }) => text(user)) })",
    missing('session'),
  ],
  'a mounted router': [
    "router({ '/a/*rest': router(session(), { '/': ({ session }) => text(session.id) }) })",
    missing('cookies'),
  ],
  'one of two needs': [
    "declare const both: Application<Session & Cookies>; router(cookies(), { '/': both })",
    missing('session'),
  ],
  'a table that is built at run time': [
    'declare const table: Record<string, Application<Session>>; router(table)',
    missing('session'),
  ],

  // What is not a missing middleware has the message of the compiler
  'a key that a handler reads although nothing provides it': [
    "router({ '/': ({ session }) => text(session) })",
    "Property 'session' does not exist on type 'Environ",
  ],
  'a need with another type': [
    "declare const numbers: Middleware<{ session: number }>; router(numbers, { '/': needy, '/a': ({ params }) => text('') })",
    "Type 'number' is not assignable to type '{ id: string; }'",
  ],
  'a parameter that the pattern does not have': [
    "router({ '/:id': (_: Environ & { params: { name: string } }) => text('') })",
    "Property 'name' is missing in type '{ id: string; }'",
  ],
  'a handler that returns no Response': [
    "router(cookies(), { '/:id': ({ params }) => text(params.id), '/': { GET: async () => 'text' } })",
    "Type 'string' is not assignable to type 'Response'",
  ],
  'a method in lower case': [
    "router({ '/': { get: () => text('') } })",
    '"Methods are written in upper case"',
  ],
  'text instead of an application': [
    "router({ '/': 'text', '/a': needy })",
    "Type 'string' is not assignable",
  ],
  'a function of an unknown kind': [
    "declare const unknown: Function; router({ '/': unknown, '/:id': ({ params }) => text(params.id) })",
    "Type 'Function' is not assignable",
  ],
}

let messages: Map<string, string>
beforeAll(() => {
  const code = Object.fromEntries(Object.entries(programs).map(([name, [code]]) => [name, code]))
  messages = compileErrors(join(import.meta.dirname, '..'), preamble, code)
}, 60_000)

it.each(Object.entries(programs).map(([name, [code, message]]) => ({ name, code, message })))(
  '$name',
  ({ name, message }) => {
    if (message === undefined) expect(messages.get(name)).toBeUndefined()
    else expect(messages.get(name)).toContain(message)
    // A handler beside the mistake must not lose the types of its parameters.
    expect(messages.get(name) ?? '').not.toContain('implicitly')
  },
)
