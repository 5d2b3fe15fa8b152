import { extend, HttpError, html, type Middleware } from '@tsgi/core'
import { checkOptions, describe, messageOf } from '@tsgi/core/options'
import type { AsyncTemplateEngine, TemplateEngine } from './engine/engine.ts'
import { TemplateError, type TemplateErrorCode } from './engine/template-error.ts'
import { resolveRoot, TemplateFiles } from './engine/template-files.ts'
import { ETA_EXTENSION, etaEngine } from './eta/eta-engine.ts'
import type { RenderTemplate, TemplateViews } from './render.ts'

/** The options of {@link templates}. */
export interface TemplatesOptions {
  /** The folder of the templates: a path, or a `file:` URL such as `new URL('./views/', import.meta.url)`. */
  readonly root: string | URL
  /** The engine that compiles the templates. Default: Eta. */
  readonly engine?: TemplateEngine | AsyncTemplateEngine
  /**
   * Whether changed files are picked up by the next rendering. If not, each file is read once. Default: true, unless the
   * environment variable `NODE_ENV` is `production`.
   */
  readonly reload?: boolean
}

/**
 * Adds `render(name, data?, init?)` to the environ, which renders a template and returns a response. The templates are
 * files in the folder `root`, compiled by Eta or by another engine.
 *
 * A name is a path inside the folder without the file extension: `home`, `users/show`. Names that leave the folder are
 * rejected, including those of layouts and includes.
 *
 * With a type argument, names and data are checked by the compiler: `templates<{ home: { visits: number } }>({ root })`.
 *
 * @throws TypeError if an option is unknown or invalid, or if the folder does not exist.
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
export function templates<V extends TemplateViews<V> = Readonly<Record<string, object>>>(
  options: TemplatesOptions & { readonly engine?: TemplateEngine },
): Middleware<{ render: RenderTemplate<V> }>
/**
 * Adds `render(name, data?, init?)` to the environ, which returns a promise of a response, because the engine renders
 * asynchronously. The templates are files in the folder `root`, and a name is a path inside it without the file
 * extension. With a type argument, names and data are checked by the compiler.
 *
 * @throws TypeError if an option is unknown or invalid, or if the folder does not exist.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { client } from '@tsgi/core/testing'
 * import { type AsyncTemplateEngine, templates } from '@tsgi/templates'
 *
 * const root = await mkdtemp(join(tmpdir(), 'views-'))
 * await writeFile(join(root, 'home.txt'), 'hello')
 * const engine: AsyncTemplateEngine = {
 *   async: true,
 *   extension: '.txt',
 *   compile: (source) => async () => source.toUpperCase(),
 * }
 *
 * const application = templates({ root, engine })(async ({ render }) => await render('home'))
 * const response = await client(application).get('/')
 * await response.text() // => 'HELLO'
 * ```
 */
export function templates<V extends TemplateViews<V> = Readonly<Record<string, object>>>(
  options: TemplatesOptions & { readonly engine: AsyncTemplateEngine },
): Middleware<{ render: RenderTemplate<V, Promise<Response>> }>
export function templates(options: TemplatesOptions): Middleware<{ render: unknown }> {
  const { root, reload, engine: given } = readOptions(options)
  const files = new TemplateFiles(root, given?.extension ?? ETA_EXTENSION, reload)
  const engine = given ?? etaEngine(files, reload)
  const compiled = new Map<string, (data: object) => unknown>()

  function compile(name: string): (data: object) => unknown {
    const known = compiled.get(name)
    if (known !== undefined) return known
    const file = files.resolve(name)
    const source = files.read(file)
    const template = withFileInErrors('syntax', file, () => engine.compile(source, file))
    const renderData = (data: object): unknown => {
      if (data instanceof Promise) {
        throw new TypeError(`templates: the data of '${name}' is a promise: await it before you call render`)
      }
      return withFileInErrors('runtime', file, () => template(data))
    }
    if (!reload) compiled.set(name, renderData)
    return renderData
  }

  const render = engine.async
    ? async (name: string, data: object = {}, init?: ResponseInit) =>
        toResponse(await compile(name)(data), init)
    : (name: string, data: object = {}, init?: ResponseInit) => toResponse(compile(name)(data), init)

  return (app) =>
    function templates(environ) {
      return app(extend(environ, { render }))
    }
}

function toResponse(rendered: unknown, init: ResponseInit | undefined): Response {
  if (typeof rendered === 'string') return html(rendered, init)
  const got = rendered instanceof Promise ? 'a promise: declare the engine async: true' : describe(rendered)
  throw new TypeError(`templates: the engine must render to a string, got ${got}`)
}

/** Returns the result of the engine, and converts its errors to errors that name the file. */
function withFileInErrors<T>(code: TemplateErrorCode, file: string, run: () => T): T {
  const rethrow = (error: unknown): never => {
    if (error instanceof TemplateError || error instanceof HttpError) throw error
    throw new TemplateError({ code, reason: messageOf(error), file, cause: error })
  }
  try {
    const result = run()
    return result instanceof Promise ? (result.catch(rethrow) as T) : result
  } catch (error) {
    return rethrow(error)
  }
}

function readOptions(options: TemplatesOptions) {
  checkOptions('templates', options, ['root', 'engine', 'reload'])
  const { root, engine, reload = process.env.NODE_ENV !== 'production' } = options
  if (typeof reload !== 'boolean') {
    throw new TypeError(`templates: reload must be a boolean, got ${describe(reload)}`)
  }
  if (engine !== undefined) {
    if (typeof engine?.compile !== 'function') {
      throw new TypeError(
        `templates: engine must have a method compile(source, file), got ${describe(engine)}`,
      )
    }
    if (typeof engine.extension !== 'string' || !/^\.[\w.-]*\w$/.test(engine.extension)) {
      throw new TypeError(
        `templates: engine.extension must be a file extension such as '.hbs', got ${describe(engine.extension)}`,
      )
    }
  }
  return { root: resolveRoot(root), engine, reload }
}
