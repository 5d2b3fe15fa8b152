/** The messages that a user reads for each mistake with resources that is a compile error. */
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { compileErrors } from '../../../../scripts/compile-errors.ts'

/** What every program begins with. */
const preamble = `
  import { lifecycle, stack, text, toFetch } from '@tsgi/core'
  declare class Pool { query(sql: string): Promise<void>; end(): Promise<void> }
  declare class Queue { constructor(pool: Pool); drain(): Promise<void> }
  declare const connect: (options?: { signal: AbortSignal }) => Promise<Pool>
  const resources = lifecycle({
    db: { start: ({ signal }) => connect({ signal }), stop: (db) => db.end(), ready: (db) => db.query('select 1') },
  }).and({ queue: { start: (_, { db }) => new Queue(db), stop: (queue) => queue.drain() } })
`

/** Each program, and the part of the message that says what to do; `undefined` if it compiles. */
const programs: Record<string, [code: string, message: string | undefined]> = {
  'values in the environ, typed': [
    'toFetch(stack(resources)(({ db, queue }) => { const pool: Pool = db; const q: Queue = queue; return text(String(pool && q)) }))',
    undefined,
  ],
  'several resources in one object': [
    'const both = lifecycle({ db: { start: () => connect(), stop: (db) => db.end() }, at: { start: async () => new Date(), stop: (at) => at.getTime() } }); toFetch(both(({ db, at }) => text(String([db.end(), at.getTime()]))))',
    undefined,
  ],
  'several resources, of which one has a more general type': [
    'class Base { a = 1 } class Derived extends Base { b = 2 }; const both = lifecycle({ x: { start: () => new Base() }, y: { start: () => new Derived() } }).and({ v: { start: async () => new Base() }, w: { start: async () => new Derived() } }); toFetch(both(({ y, w }) => text(String(y.b + w.b))))',
    undefined,
  ],
  'copies with other values': ['resources.with({ db: new Pool() }).with({})', undefined],
  'a resource that no middleware provides': [
    'const app = (_: { cache: Map<string, string> }) => text(""); toFetch(stack(resources)(app))',
    '"\'cache\' is missing: apply the middleware that provides it, as in stack(…)(application)"',
  ],
  'a stack without the lifecycle': [
    'const app = ({ db }: { db: Pool }) => text(String(db)); toFetch(stack()(app))',
    '"\'db\' is missing: apply the middleware that provides it, as in stack(…)(application)"',
  ],
  'two lifecycles with a name in one stack': [
    'stack(resources, lifecycle({ db: { start: () => 1 } }))',
    "'db' is already provided in this stack",
  ],
  'a name that exists already': [
    'resources.and({ db: { start: () => 1 } })',
    '"\'db\' is already a resource: choose another name"',
  ],
  'one of several names that exists already': [
    'resources.and({ other: { start: () => 1 }, queue: { start: () => 1 } })',
    '"\'queue\' is already a resource: choose another name"',
  ],
  'a name of the contract': [
    'lifecycle({ headers: { start: () => 1 } })',
    '"\'headers\' belongs to the contract: choose another name"',
  ],
  'a resource that starts later': [
    'lifecycle({ queue: { start: (_, { db }) => new Queue(db) } })',
    "Property 'db' does not exist on type '{}'",
  ],
  'a value of another type': ['resources.with({ db: 1 })', "Type 'number' is not assignable to type 'Pool'"],
  'a misspelt member': [
    'lifecycle({ db: { start: () => 1, redy: () => true } })',
    "'redy' does not exist in type 'Resource<number, object>'. Did you mean to write 'ready'?",
  ],
  'a resource without a start': ['lifecycle({ db: { stop: () => 1 } })', "Property 'start' is missing"],
}

let messages: Map<string, string>
beforeAll(() => {
  const code = Object.fromEntries(Object.entries(programs).map(([name, [code]]) => [name, code]))
  messages = compileErrors(join(import.meta.dirname, '../..'), preamble, code)
}, 60_000)

it.each(Object.entries(programs).map(([name, [, message]]) => ({ name, message })))(
  '$name',
  ({ name, message }) => {
    if (message === undefined) expect(messages.get(name)).toBeUndefined()
    else expect(messages.get(name)).toContain(message)
  },
)
