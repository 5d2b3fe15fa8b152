/**
 * Finds the lines of errors that Eta's own messages lack. In the function that Eta generates from a template, the code of
 * each tag follows a mark: the line `__eta.line=7`.
 */

import { compileFunction } from 'node:vm'
import { messageOf } from '@tsgi/core/options'
import type { Eta } from 'eta'
import { TemplateError } from '../engine/template-error.ts'

const MARK = /^__eta\.line=(\d+)$/

/** The line that follows the template's own code in the function that Eta generates. */
const END = 'if (__eta.layout) {'

const MISMATCH = 'The blocks or brackets that the tags open and close do not match'

const AsyncFunction = (async () => {}).constructor as FunctionConstructor

/** A plugin's `processFnString`: reports errors in a layout at the tag that declares the layout, not at the last tag. */
export function markLayoutLine(code: string): string {
  let mark: string | undefined
  for (const line of code.split('\n')) {
    if (MARK.test(line)) mark = line
    else if (mark !== undefined && !line.startsWith("__eta.res+='") && /\blayout\s*\(/.test(line)) {
      return code.replace(`\n${END}`, `\n${END}\n${mark}`)
    }
  }
  return code
}

/** Converts the error that Eta threw for a template that does not compile. */
export function syntaxError(
  eta: Eta,
  thrown: unknown,
  source: string,
  file: string | undefined,
): TemplateError {
  const message = messageOf(thrown)
  const [, unclosed, unclosedLine] = /^(.+) at line (\d+) col \d+:\n/.exec(message) ?? []
  const { reason, line } =
    unclosed === undefined
      ? codeError(message, eta.compileToString(source), source.split(/\r\n|\n|\r/))
      : { reason: unclosed, line: Number(unclosedLine) }
  return new TemplateError({ code: 'syntax', reason, file, line, source, cause: thrown })
}

/** Returns what is wrong with the generated code, and the line in the template. */
function codeError(message: string, code: string, source: readonly string[]) {
  const [, found = message] = /^Bad template syntax\n\n(.*)\n/.exec(message) ?? []
  const reason = compilesWithAwait(code)
    ? 'A template cannot use await: await in the handler and pass the result to render'
    : found
  const generated = faultyLine(code)
  if (generated === undefined) return { reason, line: undefined }
  const before = code.split('\n').slice(0, generated)
  if (before.includes(END)) {
    return { reason: MISMATCH, line: source.findLastIndex((line) => line.trim() !== '') + 1 }
  }
  const tag = lastTag(before)
  return {
    // An extra brace closes the `try` around the template's own code.
    reason: reason.startsWith('Missing catch') ? MISMATCH : reason,
    line: tag === undefined ? undefined : lineOf(before, tag, source),
  }
}

/** Reports whether code that does not compile would compile in an async function. It is not run. */
function compilesWithAwait(code: string): boolean {
  try {
    new AsyncFunction('it', 'options', code)
    return true
  } catch {
    return false
  }
}

/** Returns the line, starting at 1, at which code fails to compile, if the runtime reports it. It is not run. */
function faultyLine(code: string): number | undefined {
  try {
    compileFunction(code, ['it', 'options'], { filename: 'template' })
    return undefined
  } catch (error) {
    const [, line] = /^template:(\d+)$/m.exec((error as Error).stack ?? '') ?? []
    return line === undefined ? undefined : Number(line)
  }
}

/** Returns the line at which a template threw: the line of the tag, or a later line of the same tag if the stack has it. */
export function throwingLine(eta: Eta, thrown: unknown, source: string, tag: number): number {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  const [, generated] = /eval at compile .*<anonymous>:(\d+):\d+\)$/m.exec(stack ?? '') ?? []
  if (generated === undefined) return tag
  // The `Function` constructor adds two lines before the code.
  const before = eta
    .compileToString(source)
    .split('\n')
    .slice(0, Number(generated) - 2)
  return lastTag(before) === tag ? lineOf(before, tag, source.split(/\r\n|\n|\r/)) : tag
}

/** Returns the template's line for the last line of generated code: the line of its tag, or a later one of the same tag. */
function lineOf(code: readonly string[], tag: number, source: readonly string[]): number {
  const text = code.at(-1)?.trim() ?? ''
  const first = tag - 1 + code.length - 2 - code.findLastIndex((line) => MARK.test(line))
  const exact = source.findIndex((line, at) => at >= first && text !== '' && line.includes(text))
  return exact === -1 ? tag : exact + 1
}

/** Returns the line of the last tag in generated code. */
function lastTag(code: readonly string[]): number | undefined {
  const [, tag] = MARK.exec(code.findLast((line) => MARK.test(line)) ?? '') ?? []
  return tag === undefined ? undefined : Number(tag)
}
