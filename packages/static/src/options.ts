import { checkOptions } from '@tsgi/core/options'
import { openFolder } from '#folder'
import { checkOption, isFieldValue } from './check-option.ts'
import { areServable } from './path/segments.ts'
import { type FileSource, isFileSource } from './source/file-source.ts'

/**
 * The options of {@link staticFiles}.
 *
 * @example
 * ```ts
 * import type { StaticFilesOptions } from '@tsgi/static'
 *
 * const options: StaticFilesOptions = { precompressed: true, immutable: /^\/assets\// }
 * ```
 */
export interface StaticFilesOptions {
  /** The name of the file that is served for a folder, or `false` for none. Default: `'index.html'`. */
  readonly index?: string | false
  /** Endings that are added to the path if there is no such file: with `['html']`, `/about` serves `about.html`. */
  readonly extensions?: readonly string[]
  /** Whether names that begin with a dot are served. `/.well-known/` always is. Default: `false`. */
  readonly dotfiles?: boolean
  /** Whether symbolic links may lead out of the folder. Default: `'inside'`. */
  readonly symlinks?: 'inside' | 'anywhere'
  /**
   * Whether to send `app.js.zst`, `app.js.br` or `app.js.gz` for `app.js` if there is one and the client accepts it.
   * Default: `false`.
   */
  readonly precompressed?: boolean
  /**
   * The `Cache-Control` of files, or a function that returns it for a path such as `/assets/app.js`, or `undefined` for
   * the default. Default: `'no-cache'`: caches keep the file, but ask each time whether it has changed.
   */
  readonly cacheControl?: string | ((path: string) => string | undefined)
  /**
   * The paths of files that never change, such as those with a hash of their content in the name: they get
   * `public, max-age=31536000, immutable`. A regular expression or a function for paths such as `/assets/app.1f3c.js`.
   */
  readonly immutable?: RegExp | ((path: string) => boolean)
  /**
   * The file that is served to a browser that opens a page for which there is neither a file nor a route, such as
   * `'index.html'` for a single-page application.
   */
  readonly fallback?: string
}

/** The checked options. */
export interface StaticSettings {
  readonly source: FileSource
  readonly index: string | undefined
  readonly extensions: readonly string[]
  readonly dotfiles: boolean
  readonly precompressed: boolean
  readonly cacheControl: (segments: readonly string[]) => string
  readonly fallback: readonly string[] | undefined
}

export const NO_CACHE = 'no-cache'
const IMMUTABLE = 'public, max-age=31536000, immutable'

export function readOptions(root: unknown, options: StaticFilesOptions): StaticSettings {
  checkOptions('staticFiles', options, [
    'index',
    'extensions',
    'dotfiles',
    'symlinks',
    'precompressed',
    'cacheControl',
    'immutable',
    'fallback',
  ])
  const { index = 'index.html', extensions = [], symlinks = 'inside', fallback } = options
  checkOption(
    'staticFiles: index',
    "a file name such as 'index.html', or false",
    index,
    isName(index) || index === false,
  )
  const areEndings =
    Array.isArray(extensions) && extensions.every((each) => isName(each) && !each.startsWith('.'))
  checkOption(
    'staticFiles: extensions',
    "a list of endings without a dot, such as ['html']",
    extensions,
    areEndings,
  )
  checkOption(
    'staticFiles: symlinks',
    "'inside' or 'anywhere'",
    symlinks,
    symlinks === 'inside' || symlinks === 'anywhere',
  )
  const settings: StaticSettings = {
    source: isFileSource(root) ? root : openFolder('staticFiles: root', root as string | URL, symlinks),
    index: index === false ? undefined : index,
    extensions,
    dotfiles: readFlag('dotfiles', options.dotfiles),
    precompressed: readFlag('precompressed', options.precompressed),
    cacheControl: readCacheControl(options),
    fallback: fallback === undefined ? undefined : readFallback(fallback),
  }
  // Other sources may be asynchronous.
  if (settings.fallback !== undefined && !isFileSource(root)) {
    const expected = 'the path of a file in the folder'
    checkOption(
      'staticFiles: fallback',
      expected,
      fallback,
      settings.source.find(settings.fallback) !== undefined,
    )
  }
  return settings
}

/** Returns the `Cache-Control` of a file by its path. */
function readCacheControl({
  cacheControl = NO_CACHE,
  immutable,
}: StaticFilesOptions): StaticSettings['cacheControl'] {
  const expected = 'a Cache-Control header, or a function that returns one'
  checkOption(
    'staticFiles: cacheControl',
    expected,
    cacheControl,
    typeof cacheControl === 'function' || isFieldValue(cacheControl),
  )
  const isTest = immutable === undefined || typeof immutable === 'function' || immutable instanceof RegExp
  checkOption('staticFiles: immutable', 'a RegExp or a function', immutable, isTest)
  if (typeof cacheControl === 'string' && immutable === undefined) return () => cacheControl
  return (segments) => {
    const path = `/${segments.join('/')}`
    // Unlike `test`, `search` keeps no state if the expression is global.
    const isImmutable = immutable instanceof RegExp ? path.search(immutable) !== -1 : immutable?.(path)
    if (isImmutable) return IMMUTABLE
    return typeof cacheControl === 'string' ? cacheControl : (cacheControl(path) ?? NO_CACHE)
  }
}

function readFallback(fallback: string): string[] {
  const segments = typeof fallback === 'string' ? fallback.split('/') : []
  const isPath = segments.length > 0 && areServable(segments, true)
  checkOption('staticFiles: fallback', "a relative path such as 'index.html'", fallback, isPath)
  return segments
}

function readFlag(option: string, value: unknown): boolean {
  checkOption(
    `staticFiles: ${option}`,
    'true or false',
    value,
    value === undefined || typeof value === 'boolean',
  )
  return value === true
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && areServable([value], true)
}
