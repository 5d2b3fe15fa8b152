/**
 * The default engine: Eta, with this package's rules for names, its escaping, and errors that name file and line.
 */
import { HttpError } from '@tsgi/core'
import { Eta } from 'eta'
import type { Engine } from '../engine/engine.ts'
import { TemplateError } from '../engine/template-error.ts'
import type { TemplateFiles } from '../engine/template-files.ts'
import { escapeHtml } from '../markup/escape.ts'
import { Markup } from '../markup/fragment.ts'
import { layoutLine, syntaxError, throwingLine } from './error-lines.ts'

/** The ending of Eta's files. */
export const ETA_EXTENSION = '.eta'

/** Eta over the files of one folder, which its layouts and includes come from. */
export function etaEngine(files: TemplateFiles, reload: boolean): Engine {
  const eta = new Eta({
    // This is what makes Eta keep count of lines. It is on in production too: an error there has its line, and the
    // code of a template is the same as in development.
    debug: true,
    cache: !reload,
    escapeFunction: escapeValue,
    plugins: [{ processFnString: layoutLine }],
  })
  eta.resolvePath = (name, options) => files.resolve(name, options?.filepath)
  eta.readFile = (file) => files.read(file)
  eta.RuntimeErr = (error, source, line, file) => runtimeError(eta, error, source, line, file)
  const { compile } = eta
  eta.compile = (source, options) => {
    try {
      return compile.call(eta, source, options)
    } catch (error) {
      throw syntaxError(eta, error, source, options?.filepath)
    }
  }
  return {
    extension: ETA_EXTENSION,
    compile(source, file) {
      const template = eta.compile(source, { filepath: file })
      return (data) => template.call(eta, data, { filepath: file })
    },
  }
}

/** What `<%= value %>` prints: nothing for what is not there, a fragment of markup as it is, all else escaped. */
function escapeValue(value: unknown): string {
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  if (value === null || value === undefined) return ''
  return value instanceof Markup ? value.toString() : escapeHtml(String(value))
}

/** Called by Eta with what was thrown while a template was rendered, for each template that it passes through. */
function runtimeError(eta: Eta, error: unknown, source: string, tag: number, file: string): never {
  if (error instanceof HttpError) throw error
  if (error instanceof TemplateError && error.file !== undefined) throw error.includedAt(`${file}:${tag}`)
  // A wrong name is the mistake of the template that wrote it.
  const reason =
    error instanceof TemplateError ? error.reason : error instanceof Error ? error.message : String(error)
  const line = throwingLine(eta, error, source, tag)
  throw new TemplateError({ code: 'failed', reason, file, line, source, cause: error })
}
