import { extend, type Middleware, type RequiresOf, stack } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { locals, type RenderTemplate, templates } from './index.ts'

interface Session {
  readonly user: string
}
const root = new URL('../test-views/', import.meta.url)
const session: Middleware<{ session: Session }> = (app) => (environ) =>
  app(extend(environ, { session: { user: environ.headers.get('x-user') ?? 'nobody' } }))
const user = locals(({ session }: { session: Session }) => ({ name: session.user }))

describe('locals', () => {
  it('passes data of the request to every template, including includes', async () => {
    const web = client(stack(session, templates({ root }), user)(({ render }) => render('users/show')))
    const [ada, bob] = await Promise.all([
      web.get('/', { headers: { 'x-user': 'Ada' } }),
      web.get('/', { headers: { 'x-user': 'Bob' } }),
    ])
    expect(await ada.text()).toBe('<b>Ada!</b>\n<nav>Ada</nav>\n')
    expect(await bob.text()).toBe('<b>Bob!</b>\n<nav>Bob</nav>\n')
  })

  it('gives precedence to the data passed to render, and passes init on', async () => {
    const app = stack(session, templates({ root }), user)
    const web = client(app(({ render }) => render('nav', { name: 'own' }, { status: 201 })))
    const response = await web.get('/')
    expect(response.status).toBe(201)
    expect(await response.text()).toBe('<nav>own</nav>\n')
  })

  it('can be used more than once, the inner one taking precedence', async () => {
    const outer = locals(() => ({ nothing: 'outer', fragment: 'outer' }))
    const inner = locals(() => ({ fragment: 'inner' }))
    const web = client(stack(templates({ root }), outer, inner)(({ render }) => render('values')))
    expect(await (await web.get('/')).text()).toBe('[outer||0|false|inner]\n')
  })

  it('is evaluated for each rendering, so that it sees earlier changes by the application', async () => {
    let calls = 0
    const count = locals(() => ({ name: ++calls }))
    const app = stack(
      templates({ root }),
      count,
    )(({ render, pathInfo }) => (pathInfo === '/none' ? new Response() : render('nav')))
    const web = client(app)
    await web.get('/none')
    expect(await (await web.get('/')).text()).toBe('<nav>1</nav>\n')
  })

  it('keeps the types of the templates, and requires what its function takes', async () => {
    const web = stack(session, templates<{ nav: { name: string } }>({ root }), user)
    const app = web(({ render }) => {
      expectTypeOf(render).toEqualTypeOf<RenderTemplate<{ nav: { name: string } }>>()
      return render('nav', { name: 'Ada' })
    })
    expect(await (await client(app).get('/')).text()).toBe('<nav>Ada</nav>\n')
    // @ts-expect-error 'render' is provided later in this stack
    stack(session, user, templates({ root }))
    // @ts-expect-error 'session' is missing
    client(stack(templates({ root }), user)(({ render }) => render('nav')))
  })

  it('does not require the keys that every environ has', async () => {
    const path = locals(({ pathInfo }: { pathInfo: string }) => ({ name: pathInfo }))
    expectTypeOf<keyof RequiresOf<typeof path>>().toEqualTypeOf<'render'>()
    for (const values of [path, locals(({ pathInfo }) => ({ name: pathInfo }))]) {
      const web = client(stack(templates({ root }), values)(({ render }) => render('nav')))
      expect(await (await web.get('/here')).text()).toBe('<nav>/here</nav>\n')
    }
  })

  it('throws if values is not a function', () => {
    // @ts-expect-error values is a function
    expect(() => locals({ name: 'Ada' })).toThrow(
      new TypeError(
        'locals: values must be a function that takes the environ and returns an object, got an instance of Object',
      ),
    )
  })

  it('rejects a function that returns a promise', async () => {
    // @ts-expect-error a promise is not an object of values
    const later = locals(async () => ({ name: 'Ada' }))
    const web = client(
      stack(templates({ root }), later)(({ render }) => render('nav')),
      { errors: { write() {} } },
    )
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toEqual([new TypeError('locals: the function must return an object, got a promise')])
  })
})
