/** The messages that users see for each mistake that is a compile error. */
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { compileErrors } from '../../../scripts/compile-errors.ts'

const preamble = `
  import { cookies } from '@tsgi/cookies'
  import { stack, text } from '@tsgi/core'
  import { client } from '@tsgi/core/testing'
  import { type Session, session, userSessions } from '@tsgi/session'
  import { cookieStore } from '@tsgi/session/cookie'
  import { z } from 'zod'
  const secrets = 'a secret of at least 32 characters'
`

/** Each program, and the part of the message that tells the user what to do; `undefined` if the program compiles. */
const programs: Record<string, [code: string, message: string | undefined]> = {
  'a complete program': [
    "client(stack(cookies(), session({ secrets, schema: { user: z.string() } }))(({ session }) => text(session.get('user') ?? '')))",
    undefined,
  ],
  'secrets that may be undefined': [
    'session({ secrets: process.env.SECRETS })',
    "error TS2322: Type 'string | undefined' is not assignable to type 'string | readonly string[]'",
  ],
  'a list of sessions that are stored in cookies': [
    'userSessions(cookieStore())',
    'cookieStore() stores no sessions on the server, so it cannot find those of a user',
  ],
  'no secrets': ['session({ store: cookieStore() })', "Property 'secrets' is missing"],
  'a misspelled option': [
    "session({ secrets, idletimeout: '1h' })",
    "'idletimeout' does not exist in type 'SessionOptions<Record<string, unknown>, SchemaOf<Record<string, unknown>>>'. Did you mean to write 'idleTimeout'?",
  ],
  'a timeout without a unit': [
    "session({ secrets, idleTimeout: '30' })",
    "is not assignable to type 'Duration'",
  ],
  'a Date in the type': [
    'session<{ at: Date }>({ secrets })',
    "Type 'Date' is not assignable to type '\"not JSON: store date.toISOString(), or use a codec\"'",
  ],
  'a Date in a list': [
    'session<{ visits: { at: Date }[] }>({ secrets })',
    "Type 'Date' is not assignable to type '\"not JSON: store date.toISOString(), or use a codec\"'",
  ],
  'a Date in the schema': [
    'session({ secrets, schema: { at: z.coerce.date() } })',
    "Type 'Date' is not assignable to type '\"not JSON: store date.toISOString(), or use a codec\"'",
  ],
  'a Date in an object of the schema': [
    'session({ secrets, schema: { visit: z.object({ at: z.date() }) } })',
    "Type 'Date' is not assignable to type '\"not JSON: store date.toISOString(), or use a codec\"'",
  ],
  'a codec for a Date': [
    `stack(cookies(), session({ secrets, schema: { at: z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() }) } }))(
       ({ session }) => text(session.get('at')?.toUTCString() ?? ''),
     )`,
    undefined,
  ],
  'a Map in the type': [
    'session<{ sizes: Map<string, number> }>({ secrets })',
    'is not assignable to type \'"not JSON: store Object.fromEntries(map), or use a codec"\'',
  ],
  'a Set in the type': [
    'session<{ tags: ReadonlySet<string> }>({ secrets })',
    'is not assignable to type \'"not JSON: store [...set], or use a codec"\'',
  ],
  'a bigint in the type': [
    'session<{ id: bigint }>({ secrets })',
    "Type 'bigint' is not assignable to type '\"not JSON: store String(bigint), or use a codec\"'",
  ],
  'an instance of a class in the type': [
    'session<{ link: URL }>({ secrets })',
    "Type 'URL' is not assignable to type '\"not JSON: store text, numbers, booleans, null, arrays and plain objects\"'",
  ],
  'an unknown key': [
    "stack(cookies(), session<{ user: string }>({ secrets }))(({ session }) => text(session.get('usr') ?? ''))",
    'Argument of type \'"usr"\' is not assignable to parameter of type \'"user"\'',
  ],
  'a change to a value in place': [
    "stack(cookies(), session<{ cart: string[] }>({ secrets }))(({ session }) => text(String(session.get('cart')?.push('tea'))))",
    "Property 'push' does not exist on type 'readonly string[]'",
  ],
  'the wrong order': [
    'stack(session({ secrets }), cookies())',
    "'cookies' is provided later in this stack: move the middleware that provides it before this one",
  ],
  'no cookies': [
    'client(session({ secrets })(() => text("")))',
    "'cookies' is missing: apply the middleware that provides it",
  ],
}

let messages: Map<string, string>
beforeAll(() => {
  const code = Object.fromEntries(Object.entries(programs).map(([name, [code]]) => [name, code]))
  messages = compileErrors(join(import.meta.dirname, '..'), preamble, code)
}, 60_000)

it.each(Object.entries(programs).map(([name, [, message]]) => ({ name, message })))(
  '$name',
  ({ name, message }) => {
    if (message === undefined) expect(messages.get(name)).toBeUndefined()
    else expect(messages.get(name)).toContain(message)
  },
)
