/** The messages that a user reads for each mistake which is a compile error. */
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { compileErrors } from '../../../../scripts/compile-errors.ts'

/** What every program begins with. */
const preamble = `
  import { type Application, type Environ, extend, fromFetch, json, type Middleware, mount, stack, text, toFetch } from '@tsgi/core'
  import { client } from '@tsgi/core/testing'
  interface Cookies { cookies: Map<string, string> }
  interface Session { session: { id: string } }
  declare const cookies: (options?: { secret?: string }) => Middleware<Cookies>
  declare const session: (options: { store: string }) => Middleware<Session, Cookies>
  declare const signedIn: Middleware<{ user: string }, Session>
  declare const store: { store: string }
  declare const needy: Application<Session>
  declare const router: (environ: Environ) => Promise<Response>
  declare const plugins: Middleware[]
`

const order = (key: string) =>
  `"'${key}' is provided later in this stack: move the middleware that provides it before this one"`
const missing = (key: string) =>
  `"'${key}' is missing: apply the middleware that provides it, as in stack(…)(application)"`
const twice = (key: string) =>
  `"'${key}' is already provided in this stack: remove one of the two middleware, or let this one require '${key}' to replace it"`
const notAMiddleware = '"This is not a middleware: a middleware takes an application and returns one"'
const application =
  '"This is an application, not a middleware: apply the stack to it, as in stack(…)(application) or router(stack(…), table)"'
const factory = '"Call this function: it returns a middleware, but is not one itself"'
const list = (key: string) =>
  `"A list that provides '${key}' cannot be spread into a stack, because it may be empty: use a tuple, as in [...] as const"`

/** Each program, and the part of the message that says what to do; `undefined` if it compiles. */
const programs: Record<string, [code: string, message: string | undefined]> = {
  // An application that needs more than it gets
  'a complete application': [
    'toFetch(stack(cookies(), session(store))(needy)); client(cookies()(session(store)(({ session, cookies }) => text(session.id + cookies.size))))',
    undefined,
  ],
  'an incomplete application in the test client': ['client(needy)', missing('session')],
  'an incomplete application in a fetch handler': ['toFetch(needy)', missing('session')],
  'a handler with a need': ['client(({ session }: Session) => text(session.id))', missing('session')],
  'a handler that reads what nothing provides': [
    'client(({ session }) => text(session.id))',
    "Property 'session' does not exist on type 'Environ'",
  ],
  'a middleware whose requirement nothing meets': [
    'client(session(store)(({ session }) => text(session.id)))',
    missing('cookies'),
  ],
  'one of two needs': [
    'client(stack(cookies(), session(store))((_: Session & { user: string }) => text("")))',
    missing('user'),
  ],
  'a stack whose requirement nothing meets': [
    'client(stack(signedIn)(({ user }) => text(user)))',
    missing('session'),
  ],

  // The order of a stack
  'a stack in the wrong order': ['stack(session(store), cookies())', order('cookies')],
  'a stack in the wrong order, nested': ['stack(stack(session(store)), stack(cookies()))', order('cookies')],
  'a type that conflicts': [
    'declare const numbers: Middleware<{ cookies: number }>; stack(numbers, session(store))',
    `"'cookies' is provided before with another type than this middleware requires: change the type in one of the two"`,
  ],

  // A key that is provided twice
  'two middleware of a kind': ['stack(cookies(), session(store), session(store))', twice('session')],
  'two middleware of a kind, nested': ['stack(cookies(), stack(cookies()))', twice('cookies')],
  'a middleware that replaces what it requires': [
    'declare const better: Middleware<Session, Session>; stack(cookies(), session(store), better)(({ session }) => text(session.id))',
    undefined,
  ],
  'a middleware that replaces what it may find': [
    'declare const step: Middleware<{ steps: number }, { steps?: number }>; client(stack(step, step)(({ steps }) => text(String(steps))))',
    undefined,
  ],

  // Lists
  'a list that provides nothing': [
    'client(stack(...plugins, cookies(), session(store))(({ session, cookies }) => text(session.id + cookies.size)))',
    undefined,
  ],
  'a need after a list': ['client(stack(...plugins, session(store))(() => text("")))', missing('cookies')],
  'a list that provides keys': ['const all = [cookies()]; stack(...all)', list('cookies')],
  'a list that provides keys, in the middle': [
    'const all = [cookies(), session(store)]; stack(signedIn, ...all, ...plugins)',
    list('cookies'),
  ],
  'a middleware between two lists': ['stack(...plugins, session(store), ...plugins)', list('session')],
  'a list that requires what comes later': [
    'declare const needs: Middleware<object, Cookies>[]; stack(...needs, cookies())',
    order('cookies'),
  ],
  'a list that loses a requirement': [
    'export const all: Middleware[] = [session(store)]',
    "Property 'cookies' is missing in type '{}' but required in type 'Cookies'",
  ],
  'a tuple': [
    'const all = [cookies(), session(store)] as const; client(stack(...all)(({ session }) => text(session.id)))',
    undefined,
  ],

  // What is not a middleware
  'a factory that was not called': ['stack(cookies, session(store))', factory],
  'a factory that needs options and was not called': ['stack(cookies(), session)', factory],
  'an application in a stack': ['stack(cookies(), needy)', application],
  'a router as the last member of a stack': ['stack(cookies(), session(store), router)', application],
  'a handler in a stack': ['stack(cookies(), () => text(""))', application],
  'a value in a stack': ['stack(cookies(), { secret: "" })', notAMiddleware],
  'a function in a stack': ['stack(cookies(), (a: number) => a)', notAMiddleware],

  // A middleware
  'a plain call with a handler declared before': [
    'declare const download: Application<Session & { user: string }>; client(stack(cookies(), session(store))(signedIn(download)))',
    undefined,
  ],
  'a plain call with a handler that needs more': [
    'declare const download: Application<{ user: string; title: string }>; signedIn(download)',
    "Property 'title' is missing in type",
  ],
  'a key of the contract, added': [
    'export const m: Middleware = (app) => (environ) => app(extend(environ, { headers: new Headers() }))',
    `Type 'Headers' is not assignable to type '"'headers' belongs to the contract: choose another key"'`,
  ],
  'a middleware that does not provide what it declares': [
    'export const m: Middleware<{ user: string }> = (app) => (environ) => app(environ)',
    "Property 'user' is missing in type",
  ],
  'a copy of the environ by a spread': [
    'export const app: Application = (environ) => needy({ ...environ, session: { id: "" } })',
    "is missing the following properties from type 'Environ': scheme, host, headers, protocol, and 9 more",
  ],
  'a copy of the environ by a rest pattern': [
    'export const app: Application = ({ method, ...rest }) => needy({ ...rest, method, session: { id: "" } })',
    "is missing the following properties from type 'Environ'",
  ],

  // A response
  'a handler that returns no Response': [
    "client(() => 'Hello')",
    "Type 'string' is not assignable to type 'Promise<Response> | Response'",
  ],
  'a promise as JSON': ['client(() => json(Promise.resolve(1)))', '"This is a promise: await it first"'],
}

let messages: Map<string, string>
beforeAll(() => {
  const code = Object.fromEntries(Object.entries(programs).map(([name, [code]]) => [name, code]))
  messages = compileErrors(join(import.meta.dirname, '../..'), preamble, code)
}, 60_000)

it.each(Object.entries(programs).map(([name, [code, message]]) => ({ name, code, message })))(
  '$name',
  ({ name, message }) => {
    if (message === undefined) expect(messages.get(name)).toBeUndefined()
    else expect(messages.get(name)).toContain(message)
  },
)
