import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { HttpError, stack, withHeaders } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import type { Render } from './render.ts'
import { type TemplatesOptions, templates } from './templates.ts'

const root = new URL('../test-views/', import.meta.url)
const quiet = { write() {} }

/** A client of an application that renders one template. */
function rendering(options: TemplatesOptions & { engine?: never }, name: string, data?: object): Client {
  return client(
    templates(options)(({ render }) => render(name, data)),
    { errors: quiet },
  )
}

describe('templates', () => {
  it('renders a template with its layout, its includes and its blocks', async () => {
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

  it('finds includes from the folder of the template that includes', async () => {
    const response = await rendering({ root }, 'users/show', { name: 'Ada' }).get('/')
    expect(await response.text()).toBe('<b>Ada!</b>\n<nav>Ada</nav>\n')
  })

  it('takes a path and a file: URL as the root', async () => {
    const path = rendering({ root: join(import.meta.dirname, '../test-views') }, 'nav', { name: 1 })
    expect(await (await path.get('/')).text()).toBe('<nav>1</nav>\n')
    const here = rendering({ root: relative(process.cwd(), fileURLToPath(root)) }, 'nav.eta', { name: 2 })
    expect(await (await here.get('/')).text()).toBe('<nav>2</nav>\n')
  })

  it('takes the init of a response', async () => {
    const app = templates({ root })(({ render }) =>
      render('nav', {}, { status: 422, headers: { 'x-a': 'b', 'content-type': 'image/svg+xml' } }),
    )
    const response = await client(app).get('/')
    expect(response.status).toBe(422)
    expect(response.headers.get('x-a')).toBe('b')
    expect(response.headers.get('content-type')).toBe('image/svg+xml')
  })

  it('renders at once, so that the response can be changed in place', async () => {
    const app = templates({ root })(({ render }) => {
      const response = render('nav')
      expectTypeOf(response).toEqualTypeOf<Response>()
      return withHeaders(response, { 'x-a': 'b' })
    })
    expect((await client(app).get('/')).headers.get('x-a')).toBe('b')
  })

  it('does not change the data', async () => {
    const data = Object.freeze({ name: 'Ada' })
    await rendering({ root }, 'home', data).get('/')
    expect(data).toEqual({ name: 'Ada' })
  })

  it('passes an HttpError of a template on', async () => {
    const web = rendering({ root }, 'broken/throws', { error: new HttpError(404, 'No such user.') })
    const response = await web.get('/')
    expect(response.status).toBe(404)
    expect(web.errors).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['no root', {}, 'root must be the path or the file: URL of a folder'],
    ['an empty root', { root: '' }, 'root must be the path or the file: URL of a folder'],
    [
      'a root on the web',
      { root: new URL('http://a/') },
      'root must be the path or the file: URL of a folder',
    ],
    ['a root that is not there', { root: '/nowhere/at-all' }, '/nowhere/at-all is not one'],
    ['a root that is a file', { root: import.meta.filename }, `${import.meta.filename} is not one`],
    ['reload that is no boolean', { root, reload: 'yes' }, 'reload must be a boolean'],
    ['an engine that is none', { root, engine: {} }, 'engine must have a function compile'],
    ['an engine that is null', { root, engine: null }, 'engine must have a function compile'],
    [
      'an extension without a dot',
      { root, engine: { extension: 'hbs', compile: () => () => '' } },
      'engine.extension must be an ending',
    ],
  ])('refuses %s', (_, options, message) => {
    const wrong = options as TemplatesOptions & { engine?: never }
    expect(() => templates(wrong)).toThrow(TypeError)
    expect(() => templates(wrong)).toThrow(message)
  })
})

describe('templates, when files change', () => {
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

  it('shows changes of pages, includes and layouts without a restart', async () => {
    vi.stubEnv('NODE_ENV', 'development')
    expect(await renderAroundChanges()).toEqual([
      'frame 1 page 1 part 1',
      'frame 1 page 1 part 2',
      'frame 2 page 1 part 2',
      'alone',
    ])
  })

  it('sees files that came and went', async () => {
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

  it('does as the option says, whatever the environment', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(new Set(await renderAroundChanges({ reload: true })).size).toBe(4)
  })

  it('tries a template again that failed to compile, once it is mended', async () => {
    await writeFile(join(folder, 'page.eta'), '<% oops')
    const web = rendering({ root: folder, reload: false }, 'page')
    expect((await web.get('/')).status).toBe(500)
    await writeFile(join(folder, 'page.eta'), 'mended')
    expect(await (await web.get('/')).text()).toBe('mended')
  })
})

describe('templates, typed', () => {
  interface Pages {
    nav: { name: string }
    values: { nothing?: string }
  }

  it('checks names and data', async () => {
    const app = templates<Pages>({ root })(({ render }) => {
      expectTypeOf(render).toEqualTypeOf<Render<Pages>>()
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

  it('takes any name and data where nothing was declared', async () => {
    const app = templates({ root })(({ render }) => {
      expectTypeOf(render).toEqualTypeOf<Render>()
      // @ts-expect-error data is an object
      render('nav', 'Ada')
      return render('nav', { name: 1 })
    })
    expect(await (await client(app).get('/')).text()).toBe('<nav>1</nav>\n')
  })

  it('keeps its types in a stack', async () => {
    const web = stack(templates<Pages>({ root }))
    const app = web(({ render }) => {
      // @ts-expect-error the name is missing
      render('nav', {})
      return render('nav', { name: 'Ada' })
    })
    expect((await client(app).get('/')).status).toBe(200)
  })

  it('refuses data that is no object', () => {
    // @ts-expect-error the data of a template is an object
    templates<{ nav: string }>({ root })
  })
})
