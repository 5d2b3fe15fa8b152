import { fileURLToPath } from 'node:url'
import { HttpError, type Middleware } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import Handlebars from 'handlebars'
import nunjucks from 'nunjucks'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Render } from '../render.ts'
import { templates } from '../templates.ts'
import type { AsyncEngine, Engine } from './engine.ts'
import { TemplateError } from './template-error.ts'

const root = fileURLToPath(new URL('../../test-views/', import.meta.url))
const errors = { write() {} }

const handlebars: Engine = { extension: '.hbs', compile: (source) => Handlebars.compile(source) }

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(root))
const jinja: Engine = {
  extension: '.njk',
  compile(source, file) {
    const template = new nunjucks.Template(source, environment, file)
    return (data) => template.render(data)
  },
}
/** Nunjucks with its callback, as its asynchronous filters need. */
const jinjaLater: AsyncEngine = {
  async: true,
  extension: '.njk',
  compile(source, file) {
    const template = new nunjucks.Template(source, environment, file)
    return (data) =>
      new Promise((resolve, reject) => {
        template.render(data, (error, text) => (error ? reject(error) : resolve(text ?? '')))
      })
  },
}

describe('another engine', () => {
  it('may be Handlebars', async () => {
    const app = templates({ root, engine: handlebars })(({ render }) => {
      expectTypeOf(render).toEqualTypeOf<Render>()
      return render('handlebars', { name: '<Ada>' })
    })
    const response = await client(app).get('/')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toBe('Hello &lt;Ada&gt;')
  })

  it('may be nunjucks, with its own includes', async () => {
    const app = templates({ root, engine: jinja })(({ render }) => render('nunjucks', { name: '<Ada>' }))
    expect(await (await client(app).get('/')).text()).toBe('Hello &lt;Ada&gt; part &lt;Ada&gt;')
  })

  it('may render to a promise', async () => {
    const app = templates<{ nunjucks: { name: string } }>({ root, engine: jinjaLater })(({ render }) => {
      expectTypeOf(render).toEqualTypeOf<Render<{ nunjucks: { name: string } }, Promise<Response>>>()
      return render('nunjucks', { name: 'Ada' }, { status: 201 })
    })
    const response = await client(app).get('/')
    expect(response.status).toBe(201)
    expect(await response.text()).toBe('Hello Ada part Ada')
  })

  it('that renders to a promise rejects, and never throws', async () => {
    const app = templates({ root, engine: jinjaLater })(async ({ render }) => {
      const rejected = render('nowhere')
      await expect(rejected).rejects.toThrow('There is no template "nowhere"')
      return new Response()
    })
    expect((await client(app).get('/')).status).toBe(200)
  })

  it('compiles each template once where templates are not reloaded', async () => {
    for (const [reload, times] of [
      [false, 1],
      [true, 3],
    ] as const) {
      const compiled: string[] = []
      const engine: Engine = {
        extension: '.hbs',
        compile(source, file) {
          compiled.push(file)
          return () => source
        },
      }
      const web = client(templates({ root, engine, reload })(({ render }) => render('handlebars')))
      for (const _ of [1, 2, 3]) expect(await (await web.get('/')).text()).toBe('Hello {{name}}')
      expect(compiled).toEqual(Array(times).fill(`${root}handlebars.hbs`))
    }
  })

  it('is never asked for a name that leaves the root', async () => {
    const engine: Engine = { extension: '.json', compile: (source) => () => source }
    const web = client(
      templates({ root, engine })(({ render }) => render('../package')),
      { errors },
    )
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors[0]).toMatchObject({ code: 'name' })
  })

  const failing = (thrown: unknown): readonly [string, Engine | AsyncEngine][] => [
    [
      'syntax',
      {
        extension: '.hbs',
        compile: () => {
          throw thrown
        },
      },
    ],
    [
      'failed',
      {
        extension: '.hbs',
        compile: () => () => {
          throw thrown
        },
      },
    ],
    ['failed', { async: true, extension: '.hbs', compile: () => () => Promise.reject(thrown) }],
  ]

  it('has its errors named after the file', async () => {
    const cause = new Error('line 7: no')
    for (const [code, engine] of failing(cause)) {
      const web = client(
        templates({ root, engine: engine as Engine })(({ render }) => render('handlebars')),
        { errors },
      )
      const response = await web.get('/')
      expect(response.status).toBe(500)
      expect(await response.text()).not.toContain('line 7')
      expect(web.errors).toEqual([expect.any(TemplateError)])
      expect(web.errors[0]).toMatchObject({ code, file: `${root}handlebars.hbs`, cause })
      expect((web.errors[0] as Error).message).toBe(`${root}handlebars.hbs: line 7: no`)
    }
  })

  it('may answer with an HttpError', async () => {
    for (const [, engine] of failing(new HttpError(410))) {
      const app = templates({ root, engine: engine as Engine })(({ render }) => render('handlebars'))
      expect((await client(app).get('/')).status).toBe(410)
    }
  })

  it("names the file of Handlebars' own syntax error", async () => {
    const web = client(
      templates({ root, engine: handlebars })(({ render }) => render('broken/handlebars')),
      { errors },
    )
    expect((await web.get('/')).status).toBe(500)
    expect((web.errors[0] as Error).message).toMatch(/broken\/handlebars\.hbs: Parse error on line 1/)
  })

  it('must say that it renders to a promise, and render to text', async () => {
    const unmarked = { extension: '.hbs', compile: () => async () => '' }
    // @ts-expect-error async: true is missing
    const late = templates({ root, engine: unmarked })
    expect(await failure(late)).toContain('rendered a promise: declare it with async: true')
    const numbers = { extension: '.hbs', compile: () => () => 7 }
    // @ts-expect-error a number is no text
    const wrong = templates({ root, engine: numbers })
    expect(await failure(wrong)).toContain('must render to a string, and rendered number')
  })
})

async function failure(web: Middleware<{ render: Render }>): Promise<string> {
  const { errors: log, get } = client(
    web(({ render }) => render('handlebars')),
    { errors },
  )
  expect((await get('/')).status).toBe(500)
  return String(log[0])
}
