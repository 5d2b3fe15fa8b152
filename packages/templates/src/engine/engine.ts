/**
 * A template engine: compiles the files with one extension. `templates` finds and reads the files, rejects names that
 * lead outside the folder, and caches the compiled templates.
 *
 * @example
 * ```ts
 * import type { TemplateEngine } from '@tsgi/templates'
 * import Handlebars from 'handlebars'
 *
 * const handlebars: TemplateEngine = { extension: '.hbs', compile: (source) => Handlebars.compile(source) }
 *
 * handlebars.compile('Hello {{name}}', '/views/home.hbs')({ name: 'A & B' }) // => 'Hello A &amp; B'
 * ```
 */
export interface TemplateEngine {
  readonly async?: false
  /** The extension of the engine's files, with its dot, such as `.hbs`. */
  readonly extension: string
  /**
   * Compiles a template and returns the function that renders it. Called once for each template, or before every
   * rendering if templates are reloaded.
   *
   * @param source The text of the file.
   * @param file The absolute path of the file, for error messages and relative names.
   */
  compile(source: string, file: string): (data: object) => string
}

/**
 * A template engine that renders asynchronously. `render` then returns a promise, too.
 *
 * @example
 * ```ts
 * import type { AsyncTemplateEngine } from '@tsgi/templates'
 *
 * const shout: AsyncTemplateEngine = {
 *   async: true,
 *   extension: '.txt',
 *   compile: (source) => async () => source.toUpperCase(),
 * }
 * await shout.compile('hello', '/views/hello.txt')({}) // => 'HELLO'
 * ```
 */
export interface AsyncTemplateEngine {
  readonly async: true
  /** The extension of the engine's files, with its dot, such as `.txt`. */
  readonly extension: string
  /** Compiles a template and returns the function that renders it; see {@link TemplateEngine.compile}. */
  compile(source: string, file: string): (data: object) => Promise<string>
}
