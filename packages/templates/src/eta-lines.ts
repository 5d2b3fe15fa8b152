/**
 * The lines of a template that Eta's own messages leave out. In the function that Eta makes of a template, each
 * tag's code follows a mark, the line `__eta.line=7`.
 */
import { compileFunction } from 'node:vm'
import type { Eta } from 'eta'
import { TemplateError } from './template-error.ts'

const MARK = /^__eta\.line=(\d+)$/

/** What follows the template's own code in the function that Eta makes of it. */
const END = 'if (__eta.layout) {'

/** A plugin's `processFnString`: a layout that fails is reported at the tag that chose it, not at the last tag. */
export function layoutLine(code: string): string {
  let mark: string | undefined
  for (const line of code.split('\n')) {
    if (MARK.test(line)) mark = line
    else if (mark !== undefined && !line.startsWith("__eta.res+='") && /\blayout\s*\(/.test(line)) {
      return code.replace(`\n${END}`, `\n${END}\n${mark}`)
    }
  }
  return code
}

/** The error of a template that did not compile, from the one that Eta threw. */
export function syntaxError(
  eta: Eta,
  thrown: unknown,
  source: string,
  file: string | undefined,
): TemplateError {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const [, unclosed, unclosedLine] = /^(.+) at line (\d+) col \d+:\n/.exec(message) ?? []
  const { reason, line } =
    unclosed === undefined
      ? codeError(eta.compileToString(source), source.split(/\r\n|\n|\r/))
      : { reason: unclosed, line: Number(unclosedLine) }
  return new TemplateError({ code: 'syntax', reason, file, line, source, cause: thrown })
}

interface Fault {
  readonly reason: string
  readonly line: number | undefined
}

/** Where JavaScript finds fault with the function that Eta made of a template. Nothing is run. */
function codeError(code: string, source: readonly string[]): Fault {
  try {
    compileFunction(code, ['it', 'options'], { filename: 'template' })
    return { reason: 'The template does not compile', line: undefined }
  } catch (error) {
    const { message, stack = '' } = error as Error
    const [, generated] = /^template:(\d+)$/m.exec(stack) ?? []
    if (generated === undefined) return { reason: message, line: undefined }
    const before = code.split('\n').slice(0, Number(generated))
    const unbalanced = 'The blocks or brackets that the tags open and close do not match'
    if (before.includes(END)) {
      return { reason: unbalanced, line: source.findLastIndex((line) => line.trim() !== '') + 1 }
    }
    // The function's own `try` was closed by a brace too many.
    const reason = message.startsWith('Missing catch') ? unbalanced : message
    return { reason, line: lineOf(before, source) }
  }
}

/** The template's line for the last line of generated code: its tag's, or one further on in the same tag. */
function lineOf(code: readonly string[], source: readonly string[]): number | undefined {
  const index = code.findLastIndex((line) => MARK.test(line))
  const tag = Number(MARK.exec(code[index] ?? '')?.[1])
  if (Number.isNaN(tag)) return undefined
  const text = code.at(-1)?.trim() ?? ''
  const first = tag - 1 + code.length - 2 - index
  const exact = source.findIndex((line, at) => at >= first && text !== '' && line.includes(text))
  return exact === -1 ? tag : exact + 1
}
