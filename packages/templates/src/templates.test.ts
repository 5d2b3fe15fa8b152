import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { HttpError, stack, withHeaders } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { locals, type RenderTemplate, type TemplatesOptions, templates } from './index.ts'

const root = new URL('../test-views/', import.meta.url)
const quiet = { write() {} }

/** Returns a client of an application that renders one template. */
function rendering(options: TemplatesOptions & { engine?: never }, name: string, data?: object): Client {
  return client(
    templates(options)(({ render }) => render(name, data)),
    { errors: quiet },
  )
}

describe('templates', () => {
  it('renders a template with its layout, includes and blocks', async () => {
    const response = await rendering({ root }, 'home', { name: 'Ada', items: ['tea'] }).get('/')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect((await response.text()).split('\n').filter((line) => line !== '')).toEqual([
      '<!doctype html>',
      '<title>Home</title>',
      '<nav>Ada</nav>',
      '<main>',
      '<h1>Hello Ada</h1>',
      '<li title="tea">tea</li>',
      '</main>',
      '<footer>by Ada</footer>',
    ])
  })

  it('resolves includes relative to the folder of the template that includes them', async () => {
    const response = await rendering({ root }, 'users/show', { name: 'Ada' }).get('/')
    expect(await response.text()).toBe('<b>Ada!</b>\n<nav>Ada</nav>\n')
  })

  it('accepts a path or a file: URL as the root', async () => {
    const path = rendering({ root: join(import.meta.dirname, '../test-views') }, 'nav', { name: 1 })
    expect(await (await path.get('/')).text()).toBe('<nav>1</nav>\n')
    const here = rendering({ root: relative(process.cwd(), fileURLToPath(root)) }, 'nav.eta', { name: 2 })
    expect(await (await here.get('/')).text()).toBe('<nav>2</nav>\n')
  })

  it('accepts the init of a response', async () => {
    const app = templates({ root })(({ render }) =>
      render('nav', {}, { status: 422, headers: { 'x-a': 'b', 'content-type': 'image/svg+xml' } }),
    )
    const response = await client(app).get('/')
    expect(response.status).toBe(422)
    expect(response.headers.get('x-a')).toBe('b')
    expect(response.headers.get('content-type')).toBe('image/svg+xml')
  })

  it('renders synchronously, so that the response can be changed immediately', async () => {
    const app = templates({ root })(({ render }) => {
      const response = render('nav')
      expectTypeOf(response).toEqualTypeOf<Response>()
      return withHeaders(response, { 'x-a': 'b' })
    })
    expect((await client(app).get('/')).headers.get('x-a')).toBe('b')
  })

  it('rejects data that is a promise', async () => {
    const web = rendering({ root }, 'nav', Promise.resolve({ name: 'Ada' }))
    expect((await web.get('/')).status).toBe(500)
    const error = new TypeError("templates: the data of 'nav' is a promise: await it before you call render")
    expect(web.errors).toEqual([error])

    const withLocals = client(
      stack(
        templates({ root }),
        locals(() => ({})),
      )(({ render }) => render('nav', Promise.resolve({ name: 'Ada' }))),
      { errors: quiet },
    )
    expect((await withLocals.get('/')).status).toBe(500)
    expect(withLocals.errors).toEqual([error])
  })

  it('does not modify the data', async () => {
    const data = Object.freeze({ name: 'Ada' })
    await rendering({ root }, 'home', data).get('/')
    expect(data).toEqual({ name: 'Ada' })
  })

  it('passes on an HttpError that a template throws', async () => {
    const web = rendering({ root }, 'broken/throws', { error: new HttpError(404, 'No such user.') })
    const response = await web.get('/')
    expect(response.status).toBe(404)
    expect(web.errors).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['no root', {}, 'root must be the path or the file: URL of a folder, got undefined'],
    ['an unknown option', { rot: './views' }, "templates: unknown option 'rot', did you mean 'root'?"],
    ['an empty root', { root: '' }, 'root must be the path or the file: URL of a folder'],
    [
      'a root on the web',
      { root: new URL('http://a/') },
      'root must be the path or the file: URL of a folder',
    ],
    [
      'a root that does not exist',
      { root: '/nowhere/at-all' },
      'root must be an existing folder, got /nowhere/at-all',
    ],
    [
      'a root that is a file',
      { root: import.meta.filename },
      `root must be an existing folder, got ${import.meta.filename}`,
    ],
    ['a reload that is not a boolean', { root, reload: 'yes' }, 'reload must be a boolean'],
    ['an engine without compile', { root, engine: {} }, 'engine must have a method compile(source, file)'],
    ['an engine that is null', { root, engine: null }, 'engine must have a method compile(source, file)'],
    [
      'an extension without a dot',
      { root, engine: { extension: 'hbs', compile: () => () => '' } },
      'engine.extension must be a file extension such as \'.hbs\', got "hbs"',
    ],
  ])('throws for %s', (_, options, message) => {
    const wrong = options as TemplatesOptions & { engine?: never }
    expect(() => templates(wrong)).toThrow(TypeError)
    expect(() => templates(wrong)).toThrow(message)
  })
})

describe('templates whose files change', () => {
  let folder: string
  const pages: string[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tsgi-templates-'))
    await writeFile(join(folder, 'page.eta'), "<% layout('./frame') %>page 1 <%~ include('./part') %>")
    await writeFile(join(folder, 'part.eta'), 'part 1')
    await writeFile(join(folder, 'frame.eta'), 'frame 1 <%~ it.body %>')
    pages.length = 0
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })

  async function renderAroundChanges(options: { reload?: boolean } = {}): Promise<readonly string[]> {
    const web = rendering({ root: pathToFileURL(folder), ...options }, 'page')
    const keep = async () => pages.push(await (await web.get('/')).text())
    await keep()
    await writeFile(join(folder, 'part.eta'), 'part 2')
    await keep()
    await writeFile(join(folder, 'frame.eta'), 'frame 2 <%~ it.body %>')
    await keep()
    await writeFile(join(folder, 'page.eta'), 'alone')
    await keep()
    return pages
  }

  it('picks up changes to pages, includes and layouts without a restart', async () => {
    vi.stubEnv('NODE_ENV', 'development')
    expect(await renderAroundChanges()).toEqual([
      'frame 1 page 1 part 1',
      'frame 1 page 1 part 2',
      'frame 2 page 1 part 2',
      'alone',
    ])
  })

  it('picks up files that are added and removed', async () => {
    const web = rendering({ root: folder, reload: true }, 'page')
    await rm(join(folder, 'part.eta'))
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[0])).toContain('There is no template "./part"')
    await writeFile(join(folder, 'part.eta'), 'part 3')
    expect(await (await web.get('/')).text()).toBe('frame 1 page 1 part 3')
    await rm(join(folder, 'part.eta'))
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[1])).toContain('There is no template "./part"')
  })

  it('reads each file once in production', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(new Set(await renderAroundChanges())).toEqual(new Set(['frame 1 page 1 part 1']))
  })

  it('follows the reload option, whatever the environment', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(new Set(await renderAroundChanges({ reload: true })).size).toBe(4)
  })

  it('compiles a template again if it failed to compile before', async () => {
    await writeFile(join(folder, 'page.eta'), '<% oops')
    const web = rendering({ root: folder, reload: false }, 'page')
    expect((await web.get('/')).status).toBe(500)
    await writeFile(join(folder, 'page.eta'), 'mended')
    expect(await (await web.get('/')).text()).toBe('mended')
  })
})

describe('the types of templates', () => {
  interface Pages {
    nav: { name: string }
    values: { nothing?: string }
  }

  it('check names and data', async () => {
    const app = templates<Pages>({ root })(({ render }) => {
      expectTypeOf(render).toEqualTypeOf<RenderTemplate<Pages>>()
      render('values')
      render('values', {})
      // @ts-expect-error there is no such template
      expect(() => render('nowhere', {})).toThrow('nowhere')
      // @ts-expect-error the name is missing
      render('nav', {})
      // @ts-expect-error the data is missing
      render('nav')
      // @ts-expect-error the name is a string
      render('nav', { name: 7 })
      return render('nav', { name: 'Ada' }, { status: 201 })
    })
    const response = await client(app).get('/')
    expect(response.status).toBe(201)
    expect(await response.text()).toBe('<nav>Ada</nav>\n')
  })

  it('accept any name and data if none are declared', async () => {
    const app = templates({ root })(({ render }) => {
      expectTypeOf(render).toEqualTypeOf<RenderTemplate>()
      // @ts-expect-error data is an object
      render('nav', 'Ada')
      return render('nav', { name: 1 })
    })
    expect(await (await client(app).get('/')).text()).toBe('<nav>1</nav>\n')
  })

  it('are kept in a stack', async () => {
    const web = stack(templates<Pages>({ root }))
    const app = web(({ render }) => {
      // @ts-expect-error the name is missing
      render('nav', {})
      return render('nav', { name: 'Ada' })
    })
    expect((await client(app).get('/')).status).toBe(200)
  })

  it('reject data that is not an object', () => {
    // @ts-expect-error the data of a template is an object
    templates<{ nav: string }>({ root })
  })
})
