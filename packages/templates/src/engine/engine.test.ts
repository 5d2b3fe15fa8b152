import { fileURLToPath } from 'node:url'
import { HttpError, type Middleware } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import Handlebars from 'handlebars'
import nunjucks from 'nunjucks'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type AsyncTemplateEngine,
  type RenderTemplate,
  type TemplateEngine,
  TemplateError,
  templates,
} from '../index.ts'

const root = fileURLToPath(new URL('../../test-views/', import.meta.url))
const errors = { write() {} }

const handlebars: TemplateEngine = { extension: '.hbs', compile: (source) => Handlebars.compile(source) }

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(root))
const jinja: TemplateEngine = {
  extension: '.njk',
  compile(source, file) {
    const template = new nunjucks.Template(source, environment, file)
    return (data) => template.render(data)
  },
}
/** Nunjucks with a callback, which its asynchronous filters need. */
const jinjaLater: AsyncTemplateEngine = {
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
  it('can be Handlebars', async () => {
    const app = templates({ root, engine: handlebars })(({ render }) => {
      expectTypeOf(render).toEqualTypeOf<RenderTemplate>()
      return render('handlebars', { name: '<Ada>' })
    })
    const response = await client(app).get('/')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toBe('Hello &lt;Ada&gt;')
  })

  it('can be Nunjucks, with its own includes', async () => {
    const app = templates({ root, engine: jinja })(({ render }) => render('nunjucks', { name: '<Ada>' }))
    expect(await (await client(app).get('/')).text()).toBe('Hello &lt;Ada&gt; part &lt;Ada&gt;')
  })

  it('can render asynchronously', async () => {
    const app = templates<{ nunjucks: { name: string } }>({ root, engine: jinjaLater })(({ render }) => {
      expectTypeOf(render).toEqualTypeOf<RenderTemplate<{ nunjucks: { name: string } }, Promise<Response>>>()
      return render('nunjucks', { name: 'Ada' }, { status: 201 })
    })
    const response = await client(app).get('/')
    expect(response.status).toBe(201)
    expect(await response.text()).toBe('Hello Ada part Ada')
  })

  it('rejects instead of throwing if it renders asynchronously', async () => {
    const app = templates({ root, engine: jinjaLater })(async ({ render }) => {
      const rejected = render('nowhere')
      await expect(rejected).rejects.toThrow('There is no template "nowhere"')
      return new Response()
    })
    expect((await client(app).get('/')).status).toBe(200)
  })

  it('compiles each template once if templates are not reloaded', async () => {
    for (const [reload, times] of [
      [false, 1],
      [true, 3],
    ] as const) {
      const compiled: string[] = []
      const engine: TemplateEngine = {
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

  it('is never passed a file outside the root', async () => {
    const engine: TemplateEngine = { extension: '.json', compile: (source) => () => source }
    const web = client(
      templates({ root, engine })(({ render }) => render('../package')),
      { errors },
    )
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors[0]).toMatchObject({ code: 'invalid-name' })
  })

  const failing = (thrown: unknown): readonly [string, TemplateEngine | AsyncTemplateEngine][] => [
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
      'runtime',
      {
        extension: '.hbs',
        compile: () => () => {
          throw thrown
        },
      },
    ],
    ['runtime', { async: true, extension: '.hbs', compile: () => () => Promise.reject(thrown) }],
  ]

  it('fails with errors that name the file', async () => {
    const cause = new Error('line 7: no')
    for (const [code, engine] of failing(cause)) {
      const web = client(
        templates({ root, engine: engine as TemplateEngine })(({ render }) => render('handlebars')),
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

  it('can throw an HttpError', async () => {
    for (const [, engine] of failing(new HttpError(410))) {
      const app = templates({ root, engine: engine as TemplateEngine })(({ render }) => render('handlebars'))
      expect((await client(app).get('/')).status).toBe(410)
    }
  })

  it('fails with errors that name the file if Handlebars finds a syntax error', async () => {
    const web = client(
      templates({ root, engine: handlebars })(({ render }) => render('broken/handlebars')),
      { errors },
    )
    expect((await web.get('/')).status).toBe(500)
    expect((web.errors[0] as Error).message).toMatch(/broken\/handlebars\.hbs: Parse error on line 1/)
  })

  it('must declare that it is asynchronous, and render to a string', async () => {
    const unmarked = { extension: '.hbs', compile: () => async () => '' }
    // @ts-expect-error async: true is missing
    const late = templates({ root, engine: unmarked })
    expect(await failure(late)).toContain('got a promise: declare the engine async: true')
    const numbers = { extension: '.hbs', compile: () => () => 7 }
    // @ts-expect-error a number is not a string
    const wrong = templates({ root, engine: numbers })
    expect(await failure(wrong)).toContain('must render to a string, got 7')
  })
})

async function failure(web: Middleware<{ render: RenderTemplate }>): Promise<string> {
  const { errors: log, get } = client(
    web(({ render }) => render('handlebars')),
    { errors },
  )
  expect((await get('/')).status).toBe(500)
  return String(log[0])
}
