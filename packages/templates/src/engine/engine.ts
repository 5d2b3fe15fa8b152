/**
 * A template engine, as {@link templates} uses it: how files of one ending are compiled. Finding and reading the
 * files, refusing names that leave the folder, and keeping what was compiled are done for it.
 *
 * @example
 * ```ts
 * import { type Engine } from '@tsgi/templates'
 * import Handlebars from 'handlebars'
 *
 * const handlebars: Engine = { extension: '.hbs', compile: (source) => Handlebars.compile(source) }
 *
 * handlebars.compile('Hello {{name}}', '/views/home.hbs')({ name: 'A & B' }) // => 'Hello A &amp; B'
 * ```
 */
export interface Engine {
  readonly async?: false
  /** The ending of the engine's files, as `.hbs`: it begins with a dot. */
  readonly extension: string
  /**
   * Compiles one template into what renders it. Called once for each template, or before every rendering where
   * templates are reloaded.
   *
   * @param source The file's text.
   * @param file The file's absolute path, for the engine's messages and relative names.
   */
  compile(source: string, file: string): (data: object) => string
}

/**
 * An engine that renders to a promise; `render` then returns a promise too.
 *
 * @example
 * ```ts
 * import type { AsyncEngine } from '@tsgi/templates'
 *
 * const shout: AsyncEngine = {
 *   async: true,
 *   extension: '.txt',
 *   compile: (source) => async () => source.toUpperCase(),
 * }
 * await shout.compile('hello', '/views/hello.txt')({}) // => 'HELLO'
 * ```
 */
export interface AsyncEngine {
  readonly async: true
  /** As {@link Engine.extension}. */
  readonly extension: string
  /** As {@link Engine.compile}. */
  compile(source: string, file: string): (data: object) => Promise<string>
}
