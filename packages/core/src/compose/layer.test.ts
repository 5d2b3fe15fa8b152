import { describe, expect, it } from 'vitest'
import { observeLayers } from '../gateway.ts'
import {
  type Application,
  type Environ,
  errorOf,
  HttpError,
  type Middleware,
  mount,
  stack,
  text,
} from '../index.ts'
import { client } from '../testing.ts'

const calls: string[] = []
observeLayers((app, { kind, name }) => async (environ) => {
  calls.push(`${kind} ${name}`)
  const response = await app(environ)
  calls.push(`${name} ${errorOf(response) ?? response.status}`)
  return response
})

const outer: Middleware = (app) => (environ) => app(environ)
const inner: Middleware = (app) => (environ) => app(environ)
const early: Middleware = () => () => text('early')
const hello = () => text('Hello')

/** Returns the calls of layers during a request. */
async function callsOf(app: Application, path = '/'): Promise<readonly string[]> {
  calls.length = 0
  await client(app, { errors: { write() {} } }).get(path)
  return calls
}

describe('observeLayers', () => {
  it('observes each layer of a stack and the application inside, the first one outermost', async () => {
    expect(await callsOf(stack(outer, inner)(hello))).toEqual([
      'middleware outer',
      'middleware inner',
      'application hello',
      'hello 200',
      'inner 200',
      'outer 200',
    ])
  })

  it('observes the layers of a stack inside a stack once', async () => {
    const nested = await callsOf(stack(stack(outer), stack(inner, stack()))(stack()(stack(early)(hello))))
    expect(nested.slice(0, 3)).toEqual(['middleware outer', 'middleware inner', 'middleware early'])
    expect(nested).toHaveLength(6)
  })

  it('does not observe a middleware that returns the application inside', async () => {
    const off: Middleware = (app) => app
    expect(await callsOf(stack(off)(hello))).toEqual(['application hello', 'hello 200'])
  })

  it('names a middleware without a name after the application that it returns', async () => {
    const unnamed = (): Middleware => (app) =>
      function named(environ) {
        return app(environ)
      }
    expect((await callsOf(stack(unnamed())(hello)))[0]).toBe('middleware named')
  })

  it('observes what is mounted', async () => {
    const app = stack(mount('/admin', hello))(hello)
    expect((await callsOf(app, '/admin/users')).slice(1, 2)).toEqual(['application mount /admin'])
    expect((await callsOf(app)).slice(1, 2)).toEqual(['application hello'])
  })

  it('shows an error as the response that it becomes', async () => {
    const broken = () => {
      throw new Error('lost its way')
    }
    expect(await callsOf(stack(outer)(broken))).toEqual([
      'middleware outer',
      'application broken',
      'broken Error: lost its way',
      'outer Error: lost its way',
    ])
  })

  it('lets a middleware outside of any stack catch what a mounted application throws', async () => {
    const written: unknown[] = []
    const recovering: Middleware = (app) => async (environ) => {
      try {
        return await app(environ)
      } catch (error) {
        return text(`recovered from ${error}`)
      }
    }
    const failing = [
      () => {
        throw 'a text'
      },
      async () => {
        throw new HttpError(404, 'Not here.')
      },
    ]
    for (const [index, thrown] of ['a text', 'HttpError: Not here.'].entries()) {
      const app = recovering(mount('/admin', failing[index]!)(hello))
      calls.length = 0
      const response = await client(app, { errors: { write: (problem) => written.push(problem) } }).get(
        '/admin',
      )
      expect(await response.text()).toBe(`recovered from ${thrown}`)
      expect(calls).toEqual(['application mount /admin', `mount /admin ${thrown}`])
    }
    expect(written).toEqual([])
  })

  it('passes on a value that is not a response to the middleware outside', async () => {
    const lenient = (app: Application) => async (environ: Environ) => text(`${await app(environ)}`)
    for (const app of [() => 'a text', async () => 'a text'] as unknown as Application[]) {
      const response = await client(lenient(mount('/admin', app)(hello))).get('/admin')
      expect(await response.text()).toBe('a text')
    }
  })

  it('keeps the properties of an application, such as the routes of a router', () => {
    const routes = () => []
    const app = stack(outer)(Object.assign(() => text(''), { routes }))
    expect(app).toHaveProperty('routes', routes)
  })
})
