/**
 * What went wrong: `name`: the name is not allowed; `missing`: there is no such file; `syntax`: the template did
 * not compile; `failed`: it failed while it was rendered.
 */
export type TemplateErrorCode = 'name' | 'missing' | 'syntax' | 'failed'

/** What a {@link TemplateError} is made of. */
export interface TemplateErrorInit {
  readonly code: TemplateErrorCode
  readonly reason: string
  readonly file?: string | undefined
  readonly line?: number | undefined
  /** The template's text, for the excerpt in the message. */
  readonly source?: string | undefined
  /** Where the template was included from, as `file:line`, the innermost first. */
  readonly includedFrom?: readonly string[]
  readonly cause?: unknown
}

/**
 * A template could not be rendered. The message names the file and the line and shows the lines around it; it is
 * for the log, and as any other error it is answered 500 with nothing of it shown.
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
    super(describe(init), 'cause' in init ? { cause: init.cause } : undefined)
    this.#init = init
  }

  get code(): TemplateErrorCode {
    return this.#init.code
  }

  /** What went wrong, without the place. */
  get reason(): string {
    return this.#init.reason
  }

  /** The absolute path of the template at fault; undefined where none was found. */
  get file(): string | undefined {
    return this.#init.file
  }

  /** The line in the file, from 1, where it is known. */
  get line(): number | undefined {
    return this.#init.line
  }

  /** The same error, of a template that was included at `place`: `file:line`. */
  includedAt(place: string): TemplateError {
    return new TemplateError({ ...this.#init, includedFrom: [...(this.#init.includedFrom ?? []), place] })
  }
}

function describe({ reason, file, line, source, includedFrom = [] }: TemplateErrorInit): string {
  const place = [file, line].filter((part) => part !== undefined).join(':')
  const paragraphs = [place === '' ? reason : `${place}: ${reason}`]
  if (source !== undefined && line !== undefined) paragraphs.push(excerpt(source, line))
  if (includedFrom.length > 0)
    paragraphs.push(includedFrom.map((from) => `  included from ${from}`).join('\n'))
  return paragraphs.join('\n\n')
}

/** The line and two on either side, each cut to a readable length. */
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
