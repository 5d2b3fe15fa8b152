import { type Application, type Environ, extend, html, json, type Middleware, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { args, jsonBody, textBody } from './index.ts'

interface Render {
  readonly render: (name: string, data: object) => Response
}
const render: Middleware<Render> = (app) => (environ) =>
  app(extend(environ, { render: (name: string, data: object) => html(`${name} ${JSON.stringify(data)}`) }))
const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'Ada' }))

const Post = z.object({ title: z.string().min(3), votes: z.coerce.number().optional() })

describe('onInvalid', () => {
  it('gets the errors and the values that were sent', async () => {
    const app: Application = render(
      args({ body: Post })(
        () => text('saved'),
        ({ errors, values }, { render }) => render('form', { errors, title: values.body.title }),
      ),
    )
    const response = await client(app).post('/', { form: { title: 'Hi', votes: '1' } })
    expect(await response.text()).toBe(
      `form ${JSON.stringify({
        errors: [
          {
            in: 'body',
            path: ['title'],
            code: 'too_small',
            message: 'Too small: expected string to have >=3 characters',
          },
        ],
        title: 'Hi',
      })}`,
    )
    expect(await (await client(app).post('/', { form: { title: 'Hello' } })).text()).toBe('saved')
  })

  it('gets the errors of each member of a union, and the issues of the schema library', async () => {
    const id = z.union([z.literal('all'), z.array(z.coerce.number())])
    const web = client(
      args({ query: z.object({ id, age: z.coerce.number().max(9) }) })(
        () => text('never'),
        ({ errors }) => json({ errors, issues: errors.map(({ issue }) => issue) }),
      ),
    )
    const { errors, issues } = await (await web.get('/?id=a&id=b&age=10')).json()
    const nan = { code: 'invalid_type', message: 'Invalid input: expected number, received NaN' }
    const at = { in: 'query', path: ['id'] }
    expect(errors).toEqual([
      {
        ...at,
        code: 'invalid_union',
        message: 'Invalid input',
        alternatives: [
          [{ ...at, code: 'invalid_value', message: 'Invalid input: expected "all"' }],
          [
            { ...at, path: ['id', 0], ...nan },
            { ...at, path: ['id', 1], ...nan },
          ],
        ],
      },
      { in: 'query', path: ['age'], code: 'too_big', message: 'Too big: expected number to be <=9' },
    ])
    expect(issues).toMatchObject([
      { code: 'invalid_union' },
      { maximum: 9, inclusive: true, origin: 'number' },
    ])
  })

  it('can be an option, whose type declares what it requires from the environ', async () => {
    const page = args({
      body: Post,
      onInvalid: ({ values }, { render }: Render) => render('form', { title: values.body.title }),
    })
    // @ts-expect-error 'render' is missing
    const unmet: Application = page(() => text('saved'))
    expect(unmet).toBeTypeOf('function')
    const web = client(stack(render, page)(() => text('saved')))
    expect(await (await web.post('/', { form: { title: 'Hi' } })).text()).toBe('form {"title":"Hi"}')
  })

  it('is the function passed with the application, even if there is an option', async () => {
    const form = args({ body: Post, onInvalid: () => text('option') })
    const web = client(
      form(
        () => text('saved'),
        () => text('in place'),
      ),
    )
    expect(await (await web.post('/', { json: {} })).text()).toBe('in place')
  })

  it('is not called for a malformed body', async () => {
    const web = client(args({ body: Post, onInvalid: () => text('page') })(() => text('saved')))
    const response = await web.post('/', { body: '{', headers: { 'content-type': 'application/json' } })
    expect(response.status).toBe(400)
  })

  it('gets an empty object for a missing part', async () => {
    const page = args({
      body: Post,
      onInvalid: ({ values }) => text(`${typeof values.body} ${String(values.body.title)}`),
    })
    expect(await (await client(page(() => text('saved'))).post('/')).text()).toBe('object undefined')
  })

  it('infers the type of its environ from the route', async () => {
    const app = router(stack(render, user), {
      '/posts/:id': {
        POST: args({ path: z.object({ id: z.coerce.number() }), body: Post })(
          ({ args, params, render, user }) => {
            expectTypeOf(args.body).toEqualTypeOf<{ title: string; votes?: number | undefined }>()
            expectTypeOf(args.path.id).toBeNumber()
            expectTypeOf(params.id).toBeString()
            expectTypeOf(user).toBeString()
            return render('post', args.body)
          },
          ({ errors, values }, { params, render, user }) => {
            expectTypeOf(errors[0]!.path).toEqualTypeOf<readonly (string | number)[]>()
            expectTypeOf(values.body).toEqualTypeOf<{ readonly title?: unknown; readonly votes?: unknown }>()
            expectTypeOf(params.id).toBeString()
            return render(user, { id: params.id, typed: values.body.title, wrong: errors[0]!.path })
          },
        ),
        PUT: args({
          body: Post,
          onInvalid: ({ values }, { render }: Render) => render('form', values),
        })(({ args, user }) => text(args.body.title + user)),
        // @ts-expect-error nothing provides 'session'
        GET: args({ query: Post })(({ session }) => text(session)),
      },
    })
    const web = client(app)
    const invalid = await web.post('/posts/7', { form: { title: 'Hi' } })
    expect(await invalid.text()).toBe('Ada {"id":"7","typed":"Hi","wrong":["title"]}')
    const posted = await web.post('/posts/7', { form: { title: 'Hello' } })
    expect(await posted.text()).toBe('post {"title":"Hello"}')
    const put = await web.put('/posts/7', { form: { title: 'Hello' } })
    expect(await put.text()).toBe('HelloAda')
  })

  it('does not compile if nothing provides what it requires', () => {
    router(user, {
      // @ts-expect-error 'render' is missing
      '/': args({ body: Post, onInvalid: (_, { render }: Render) => render('form', {}) })(() => text('')),
    })
  })

  it('gets unknown values for a part that is not an object', () => {
    args({
      body: textBody(),
      onInvalid: ({ values }) => {
        expectTypeOf(values.body).toBeUnknown()
        return text('')
      },
    })
    args({
      body: jsonBody(z.array(z.string())),
      onInvalid: ({ values }) => {
        expectTypeOf(values.body).toBeUnknown()
        return text('')
      },
    })
  })
})

describe('the types of environ.args', () => {
  it('are the outputs of the declared schemas', () => {
    args({ query: z.object({ n: z.string().transform(Number) }) })((environ) => {
      expectTypeOf(environ.args).toEqualTypeOf<{ readonly query: { n: number } }>()
      // @ts-expect-error the body is not declared
      environ.args.body
      return text('')
    })
    const plain = args({})
    expectTypeOf(plain).toExtend<Middleware<{ args: object }>>()
  })

  it('are inferred in the table of a router whose middleware is args', () => {
    router(args({ headers: z.object({ 'x-token': z.string() }) }), {
      '/:id': ({ args, params }) => text(args.headers['x-token'] + params.id),
    })
  })

  it('require the parameters of the path', () => {
    const withPath = args({ path: z.object({ id: z.string() }) })
    // @ts-expect-error 'params' is missing
    const unmet: Application = withPath(() => text(''))
    expect(unmet).toBeTypeOf('function')
    expectTypeOf(withPath).toExtend<
      Middleware<{ args: { path: { id: string } } }, { params: { readonly id: string } }>
    >()
  })

  it('are merged in a stack', () => {
    stack(
      args({ query: z.object({ q: z.string() }) }),
      args({ body: Post }),
    )(({ args }) => {
      expectTypeOf(args.query.q).toBeString()
      expectTypeOf(args.body.title).toBeString()
      return text('')
    })
  })

  it('leave the rest of the environ unchanged', () => {
    args({ body: Post })(
      (environ) => text(environ.pathInfo),
      (_, environ) => {
        expectTypeOf(environ).toExtend<Environ>()
        return text('')
      },
    )
  })
})
