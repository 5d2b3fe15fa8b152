/**
 * The kind of a {@link TemplateError}:
 *
 * - `invalid-name`: the name is not allowed, or a link leads outside the folder.
 * - `not-found`: there is no such file.
 * - `syntax`: the template does not compile.
 * - `runtime`: the template failed while it was rendered.
 */
export type TemplateErrorCode = 'invalid-name' | 'not-found' | 'syntax' | 'runtime'

/** The options of the constructor of {@link TemplateError}. */
export interface TemplateErrorInit {
  /** The kind of the error. */
  readonly code: TemplateErrorCode
  /** The reason, without the location. */
  readonly reason: string
  /** The absolute path of the template with the error. */
  readonly file?: string | undefined
  /** The line in the file, starting at 1. */
  readonly line?: number | undefined
  /** The text of the template, for the excerpt in the message. */
  readonly source?: string | undefined
  /** The places from which the template was included, as `file:line`, innermost first. */
  readonly includedFrom?: readonly string[]
  /** The original error. */
  readonly cause?: unknown
}

/** The maximum number of these places in a message. */
const MAX_PLACES = 10

/**
 * Thrown if a template cannot be rendered. The message has the file, the line and the lines around it. It is meant for the
 * log: like any other unexpected error, it becomes a 500 response without details.
 *
 * @example
 * ```ts
 * import { TemplateError } from '@tsgi/templates'
 *
 * const error = new TemplateError({ code: 'syntax', reason: 'unclosed tag', file: '/views/home.eta', line: 3 })
 * error.message // => '/views/home.eta:3: unclosed tag'
 * ```
 */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly #init: TemplateErrorInit

  constructor(init: TemplateErrorInit) {
    super(formatMessage(init), 'cause' in init ? { cause: init.cause } : undefined)
    this.#init = init
  }

  /** The kind of the error. */
  get code(): TemplateErrorCode {
    return this.#init.code
  }

  /** The reason, without the location. */
  get reason(): string {
    return this.#init.reason
  }

  /** The absolute path of the template with the error; undefined if no file was found. */
  get file(): string | undefined {
    return this.#init.file
  }

  /** The line in the file, starting at 1, if it is known. */
  get line(): number | undefined {
    return this.#init.line
  }

  /** Returns the same error for a template that was included from `place`, a `file:line`. */
  includedAt(place: string): TemplateError {
    return new TemplateError({ ...this.#init, includedFrom: [...(this.#init.includedFrom ?? []), place] })
  }
}

function formatMessage({ reason, file, line, source, includedFrom = [] }: TemplateErrorInit): string {
  const place = [file, line].filter((part) => part !== undefined).join(':')
  const paragraphs = [place === '' ? reason : `${place}: ${reason}`]
  if (source !== undefined && line !== undefined) paragraphs.push(excerpt(source, line))
  if (includedFrom.length > 0) {
    const places = includedFrom.slice(0, MAX_PLACES).map((from) => `  included from ${from}`)
    const more = includedFrom.length - places.length
    paragraphs.push([...places, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n'))
  }
  return paragraphs.join('\n\n')
}

/** Returns the line and two lines on either side, each truncated to a readable length. */
function excerpt(source: string, line: number): string {
  const lines = source.split(/\r\n|\n|\r/)
  const first = Math.max(1, line - 2)
  const last = Math.min(lines.length, line + 2)
  const width = String(last).length
  return lines
    .slice(first - 1, last)
    .map((text, index) => {
      const number = first + index
      return `  ${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text.slice(0, 200)}`
    })
    .join('\n')
}
