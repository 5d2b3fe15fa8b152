import { extend, HttpError, html, type Middleware } from '@tsgi/core'
import type { AsyncEngine, Engine } from './engine/engine.ts'
import { TemplateError, type TemplateErrorCode } from './engine/template-error.ts'
import { TemplateFiles, toFolder } from './engine/template-files.ts'
import { ETA_EXTENSION, etaEngine } from './eta/eta-engine.ts'
import type { AnyViews, Render, Views } from './render.ts'

/** The options of {@link templates}. */
export interface TemplatesOptions {
  /** The folder of the templates: a path, or a `file:` URL as `new URL('./views/', import.meta.url)`. */
  readonly root: string | URL
  /** What compiles them; Eta unless given. */
  readonly engine?: Engine | AsyncEngine
  /**
   * Whether a change of a file shows at the next rendering. Otherwise each file is read once. It is on unless the
   * environment variable `NODE_ENV` is `production`.
   */
  readonly reload?: boolean
}

type Compiled = (data: object) => unknown

/**
 * Adds `render(name, data?, init?)` to the environ: it renders a template of the folder `root` into a response. The
 * engine is Eta, unless another is given.
 *
 * A name is a path inside the folder, without the engine's ending: `home`, `users/show`. Names that leave the folder
 * are refused, those of layouts and includes too.
 *
 * The data of each template can be typed: `templates<{ home: { visits: number } }>({ root })`.
 *
 * @throws TypeError where an option is not what it should be; the folder must exist.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { client } from '@tsgi/core/testing'
 * import { templates } from '@tsgi/templates'
 *
 * const root = await mkdtemp(join(tmpdir(), 'views-'))
 * await writeFile(join(root, 'home.eta'), '<h1>Hello <%= it.name %></h1>')
 *
 * const application = templates<{ home: { name: string } }>({ root })(({ render }) =>
 *   render('home', { name: '<Ada>' }),
 * )
 * const response = await client(application).get('/')
 * await response.text() // => '<h1>Hello &lt;Ada&gt;</h1>'
 * response.headers.get('content-type') // => 'text/html; charset=utf-8'
 * ```
 */
export function templates<V extends Views<V> = AnyViews>(
  options: TemplatesOptions & { readonly engine?: Engine },
): Middleware<{ render: Render<V> }>
export function templates<V extends Views<V> = AnyViews>(
  options: TemplatesOptions & { readonly engine: AsyncEngine },
): Middleware<{ render: Render<V, Promise<Response>> }>
export function templates(options: TemplatesOptions): Middleware<{ render: unknown }> {
  const { root, reload, engine: given } = checked(options)
  const files = new TemplateFiles(root, given?.extension ?? ETA_EXTENSION, reload)
  const engine = given ?? etaEngine(files, reload)
  const compiled = new Map<string, Compiled>()

  function compile(name: string): Compiled {
    const known = compiled.get(name)
    if (known !== undefined) return known
    const file = files.resolve(name)
    const source = files.read(file)
    const template = named('syntax', file, (): Compiled => engine.compile(source, file))
    const render: Compiled = (data) => named('failed', file, () => template(data))
    if (!reload) compiled.set(name, render)
    return render
  }

  const render = engine.async
    ? async (name: string, data: object = {}, init?: ResponseInit) => page(await compile(name)(data), init)
    : (name: string, data: object = {}, init?: ResponseInit) => page(compile(name)(data), init)

  return (app) =>
    function templates(environ) {
      return app(extend(environ, { render }))
    }
}

function page(rendered: unknown, init: ResponseInit | undefined): Response {
  if (typeof rendered === 'string') return html(rendered, init)
  const got = rendered instanceof Promise ? 'a promise: declare it with async: true' : typeof rendered
  throw new TypeError(`templates: the engine must render to a string, and rendered ${got}`)
}

/** What an engine returns; an error of its own becomes one that names the file. */
function named<T>(code: TemplateErrorCode, file: string, run: () => T): T {
  const rename = (error: unknown): never => {
    if (error instanceof TemplateError || error instanceof HttpError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new TemplateError({ code, reason, file, cause: error })
  }
  try {
    const result = run()
    return result instanceof Promise ? (result.catch(rename) as T) : result
  } catch (error) {
    return rename(error)
  }
}

function checked({ root, engine, reload = process.env.NODE_ENV !== 'production' }: TemplatesOptions) {
  if (typeof reload !== 'boolean') throw new TypeError('templates: reload must be a boolean')
  if (engine !== undefined) {
    if (typeof engine?.compile !== 'function') {
      throw new TypeError('templates: engine must have a function compile(source, file)')
    }
    if (typeof engine.extension !== 'string' || !/^\.[\w.-]*\w$/.test(engine.extension)) {
      throw new TypeError("templates: engine.extension must be an ending such as '.hbs'")
    }
  }
  return { root: toFolder(root), engine, reload }
}
