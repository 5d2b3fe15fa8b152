/**
 * Eta, the default engine, with this package's rules for names and values, and with file and line in its errors.
 */
import { HttpError } from '@tsgi/core'
import { describe, messageOf } from '@tsgi/core/options'
import { Eta } from 'eta'
import type { TemplateEngine } from '../engine/engine.ts'
import { TemplateError } from '../engine/template-error.ts'
import type { TemplateFiles } from '../engine/template-files.ts'
import { markLayoutLine, syntaxError, throwingLine } from './error-lines.ts'
import { printEscaped, printRaw } from './print-value.ts'

/** The extension of Eta's files. */
export const ETA_EXTENSION = '.eta'

/** The maximum depth of includes and layouts. Without a limit, a template that includes itself would block the process. */
const MAX_DEPTH = 100

/** The options that Eta passes from a template to the templates it includes, with their depth. */
interface NestedOptions {
  readonly filepath?: string
  readonly depth?: number
}

/** Creates an Eta engine that takes layouts and includes from the files of one folder. */
export function etaEngine(files: TemplateFiles, reload: boolean): TemplateEngine {
  const eta = new Eta({
    // Makes Eta keep track of lines. It is also on in production, so that errors there have a line.
    debug: true,
    cache: !reload,
    escapeFunction: printEscaped,
    filterFunction: printRaw,
    plugins: [{ processAST: filterRawTags, processFnString: markLayoutLine }],
  })
  eta.resolvePath = (name, options) => files.resolve(name, options?.filepath)
  eta.readFile = (file) => files.read(file)
  eta.RuntimeErr = (error, source, line, file) => runtimeError(eta, error, source, line, file)
  const { compile, render } = eta
  eta.compile = (source, options) => {
    try {
      return compile.call(eta, source, options)
    } catch (error) {
      throw syntaxError(eta, error, source, options?.filepath)
    }
  }
  // Templates call these two functions for their includes and layouts.
  eta.render = (template, data, options?: NestedOptions) => {
    if (typeof template !== 'string') {
      const reason = `The name of a template must be text, got ${describe(template)}`
      throw new TemplateError({ code: 'invalid-name', reason })
    }
    const depth = (options?.depth ?? 1) + 1
    if (depth > MAX_DEPTH) {
      throw new TemplateError({
        code: 'runtime',
        reason: `Templates are nested more than ${MAX_DEPTH} deep: does a template include itself?`,
      })
    }
    return render.call(eta, template, data, { ...options, depth } as NestedOptions & { filepath: string })
  }
  eta.renderAsync = () => {
    throw new TemplateError({
      code: 'runtime',
      reason: 'includeAsync is not available: templates render synchronously. Use include',
    })
  }
  return {
    extension: ETA_EXTENSION,
    compile(source, file) {
      const template = eta.compile(source, { filepath: file })
      return (data) => template.call(eta, data, { filepath: file })
    },
  }
}

/** A plugin's `processAST`: passes the values of `<%~ … %>` to `filterFunction`, as Eta does for `<%= … %>`. */
function filterRawTags<Tag extends string | { t: string; val: string }>(tags: Tag[]): Tag[] {
  for (const tag of tags) {
    if (typeof tag === 'object' && tag.t === 'r' && isExpression(tag.val)) tag.val = `__eta.f(${tag.val}\n)`
  }
  return tags
}

/** Reports whether code is a complete expression, unlike the opening tag of a block: `block('name', () => {`. */
function isExpression(code: string): boolean {
  try {
    new Function(`(${code}\n)`)
    return true
  } catch {
    return false
  }
}

/** Called by Eta with the error that was thrown while a template was rendered, once for each template on the way out. */
function runtimeError(eta: Eta, error: unknown, source: string, tag: number, file: string): never {
  if (error instanceof HttpError) throw error
  if (error instanceof TemplateError && error.file !== undefined) throw error.includedAt(`${file}:${tag}`)
  // An error without a file, such as an invalid name, belongs to the template that caused it.
  const reason = error instanceof TemplateError ? error.reason : messageOf(error)
  const line = throwingLine(eta, error, source, tag)
  throw new TemplateError({ code: 'runtime', reason, file, line, source, cause: error })
}
