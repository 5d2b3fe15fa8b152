import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import {
  type AnyMiddleware,
  type Application,
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
  it('takes what it needs beyond the contract from its type', () => {
    expectTypeOf<Parameters<Application>>().toEqualTypeOf<[Environ & object]>()
    expectTypeOf<Parameters<Application<Session>>>().toEqualTypeOf<[Environ & Session]>()
    expectTypeOf<Application>().toExtend<Application<Session>>()
    expectTypeOf<Application<Session>>().not.toExtend<Application>()
  })

  it('answers at once or later', () => {
    expectTypeOf<() => Response>().toExtend<Application>()
    expectTypeOf<() => Promise<Response>>().toExtend<Application>()
    expectTypeOf<() => string>().not.toExtend<Application>()
    expectTypeOf<() => undefined>().not.toExtend<Application>()
  })
})

describe('a middleware', () => {
  it('gives the handler inside what it provides and what it requires', () => {
    session((environ) => {
      expectTypeOf(environ.session).toEqualTypeOf<{ id: string }>()
      expectTypeOf(environ.cookies).toEqualTypeOf<Map<string, string>>()
      expectTypeOf(environ.method).toEqualTypeOf<string>()
      return text('')
    })
  })

  it('says what it provides and requires', () => {
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

  it('may be a class whose instances answer', async () => {
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
  it('takes an application that needs nothing more', () => {
    expectTypeOf(toFetch).parameter(0).toEqualTypeOf<Application>()
  })
})

describe('what the compiler says', () => {
  const common = `
    import { type Application, extend, type Middleware, stack, text, toFetch } from '@tsgi/core'
    import { client } from '@tsgi/core/testing'
    const cookies = (): Middleware<{ cookies: Map<string, string> }> => (app) => (environ) =>
      app(extend(environ, { cookies: new Map() }))
    const session = (): Middleware<{ session: { id: string } }, { cookies: Map<string, string> }> =>
      (app) => (environ) => app(extend(environ, { session: { id: '' } }))
    const needy: Application<{ session: { id: string } }> = ({ session }) => text(session.id)
    const both: Application<{ session: { id: string }; user: string }> = ({ session }) => text(session.id)
    export { client, cookies, both, needy, session, stack, text, toFetch, type Middleware, extend }
  `
  const missing = (key: string) => new RegExp(`Property '${key}' is missing in type .* but required in type`)

  /** Small wrong programs, and what is to be read in the message; `null` for a right one. */
  const programs: Record<string, [code: string, says: RegExp | null]> = {
    'a right program': [
      `toFetch(stack(cookies(), session())(needy)); client(cookies()(session()(({ session, cookies }) => text(session.id + cookies.size))))`,
      null,
    ],
    'an application with a need in the test client': ['client(needy)', missing('session')],
    'an application with a need in a fetch handler': ['toFetch(needy)', missing('session')],
    'a handler with a need, in place': [
      'client(({ session }: { session: { id: string } }) => text(session.id))',
      missing('session'),
    ],
    'a handler that takes what nothing provides': [
      'client(({ session }) => text(session.id))',
      /Property 'session' does not exist on type 'Environ'/,
    ],
    'a middleware whose requirement nothing meets': [
      'client(session()(({ session }) => text(session.id)))',
      missing('cookies'),
    ],
    'two needs': ['client(both)', /is missing the following properties from type .*: session, user/],
    'the need that a stack leaves': ['client(stack(cookies(), session())(both))', missing('user')],
    'a stack in the wrong order': [
      'stack(session(), cookies())',
      /"'cookies' is provided later in this stack: put the middleware that provides it before this one"/,
    ],
    'a stack in the wrong order, nested': [
      'stack(stack(session()), stack(cookies()))',
      /"'cookies' is provided later in this stack: put the middleware that provides it before this one"/,
    ],
    'a type that conflicts': [
      'const numbers = (): Middleware<{ cookies: number }> => (app) => (environ) => app(extend(environ, { cookies: 1 })); stack(numbers(), session())',
      /"'cookies' is provided before, but with another type than this middleware requires"/,
    ],
    'a key of the contract, added': [
      'const m: Middleware = (app) => (environ) => app(extend(environ, { headers: new Headers() })); m',
      /Type 'Headers' is not assignable to type 'never'/,
    ],
    'a middleware that does not provide what it says': [
      'const m: Middleware<{ user: string }> = (app) => (environ) => app(environ); m',
      /Property 'user' is missing in type|is not assignable to type '\{ user: string; \}'/,
    ],
    'a handler that returns no Response': [
      "client(() => 'Hello')",
      /Type 'string' is not assignable to type '.*\bResponse\b/,
    ],
  }

  const messages = new Map<string, string>()
  let folder = ''

  beforeAll(() => {
    const core = join(import.meta.dirname, '../..')
    mkdirSync(join(core, '.build'), { recursive: true })
    folder = mkdtempSync(join(core, '.build', 'types-'))
    const names = Object.keys(programs)
    writeFileSync(join(folder, 'common.ts'), common)
    for (const [index, name] of names.entries()) {
      const used = Object.keys({ client, cookies, session, stack, text, toFetch, extend, needy: 1, both: 1 })
      const code = programs[name]![0]
      const imported = used.filter((word) => new RegExp(`\\b${word}\\(|\\b${word}\\)`).test(code))
      writeFileSync(
        join(folder, `program-${index}.ts`),
        `import { ${imported.join(', ')} } from './common.ts'\nimport type { Middleware } from './common.ts'\nexport type M = Middleware\n${code}\n`,
      )
    }
    const compilerOptions = {
      noEmit: true,
      isolatedDeclarations: false,
      declaration: false,
      declarationMap: false,
      types: ['node'],
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: join(core, '../../tsconfig.base.json'), compilerOptions, include: ['*.ts'] }),
    )
    const output = compile(join(core, '../../node_modules/.bin/tsc'), folder)
    let name = ''
    for (const line of output.trimEnd().split('\n')) {
      // A message goes on in the indented lines below it.
      const index = /^program-(\d+)\.ts\(/.exec(line)?.[1]
      if (index !== undefined) name = names[Number(index)]!
      else expect(line).toMatch(/^\s/)
      messages.set(name, `${messages.get(name) ?? ''}${line}\n`)
    }
  }, 60_000)

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(Object.entries(programs).map(([name, [code, says]]) => ({ name, code, says })))(
    'of $name',
    ({ name, says }) => {
      const message = messages.get(name)
      if (says === null) expect(message).toBeUndefined()
      else expect(message).toMatch(says)
    },
  )
})

function compile(tsc: string, folder: string): string {
  try {
    return execFileSync(tsc, ['-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}
