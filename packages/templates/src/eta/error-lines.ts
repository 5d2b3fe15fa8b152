/**
 * The lines of a template that Eta's own messages leave out. In the function that Eta makes of a template, each
 * tag's code follows a mark, the line `__eta.line=7`.
 */
import { compileFunction } from 'node:vm'
import type { Eta } from 'eta'
import { TemplateError } from '../engine/template-error.ts'

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
      ? codeError(message, eta.compileToString(source), source.split(/\r\n|\n|\r/))
      : { reason: unclosed, line: Number(unclosedLine) }
  return new TemplateError({ code: 'syntax', reason, file, line, source, cause: thrown })
}

/** What JavaScript finds fault with in the function that Eta made of a template, and where. */
function codeError(message: string, code: string, source: readonly string[]) {
  const [, reason = message] = /^Bad template syntax\n\n(.*)\n/.exec(message) ?? []
  const generated = faultyLine(code)
  if (generated === undefined) return { reason, line: undefined }
  const before = code.split('\n').slice(0, generated)
  const unbalanced = 'The blocks or brackets that the tags open and close do not match'
  if (before.includes(END)) {
    return { reason: unbalanced, line: source.findLastIndex((line) => line.trim() !== '') + 1 }
  }
  // The function's own `try` was closed by a brace too many.
  const tag = lastTag(before)
  return {
    reason: reason.startsWith('Missing catch') ? unbalanced : reason,
    line: tag === undefined ? undefined : lineOf(before, tag, source),
  }
}

/** The line, from 1, at which a function's code fails to compile, where the runtime says it. Nothing is run. */
function faultyLine(code: string): number | undefined {
  try {
    compileFunction(code, ['it', 'options'], { filename: 'template' })
    return undefined
  } catch (error) {
    const [, line] = /^template:(\d+)$/m.exec((error as Error).stack ?? '') ?? []
    return line === undefined ? undefined : Number(line)
  }
}

/** The line at which a template threw: that of the tag, or one further on in the same tag where the stack says it. */
export function throwingLine(eta: Eta, thrown: unknown, source: string, tag: number): number {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  const [, generated] = /eval at compile .*<anonymous>:(\d+):\d+\)$/m.exec(stack ?? '') ?? []
  if (generated === undefined) return tag
  // The constructor `Function` puts two lines before the code it is given.
  const before = eta
    .compileToString(source)
    .split('\n')
    .slice(0, Number(generated) - 2)
  return lastTag(before) === tag ? lineOf(before, tag, source.split(/\r\n|\n|\r/)) : tag
}

/** The template's line for the last line of generated code: its tag's, or one further on in the same tag. */
function lineOf(code: readonly string[], tag: number, source: readonly string[]): number {
  const text = code.at(-1)?.trim() ?? ''
  const first = tag - 1 + code.length - 2 - code.findLastIndex((line) => MARK.test(line))
  const exact = source.findIndex((line, at) => at >= first && text !== '' && line.includes(text))
  return exact === -1 ? tag : exact + 1
}

/** The line of the last tag in generated code. */
function lastTag(code: readonly string[]): number | undefined {
  const [, tag] = MARK.exec(code.findLast((line) => MARK.test(line)) ?? '') ?? []
  return tag === undefined ? undefined : Number(tag)
}
