import { parse, type Token } from 'path-to-regexp'

/** A path template made from a pattern. */
export interface PathTemplate {
  /** The template, such as `/users/{id}` (OpenAPI 3.1 §4.8.8.2). */
  readonly path: string
  readonly keys: readonly TemplateKey[]
}

/** A parameter of a path template. */
export interface TemplateKey {
  /** The name in the pattern. */
  readonly name: string
  /** The name in the template, with characters that are not allowed there replaced. */
  readonly label: string
  /** Whether the parameter can match more than one segment. */
  readonly wildcard: boolean
}

/**
 * Returns the path templates of a path-to-regexp pattern: one for each combination of its optional groups, starting with
 * all of them.
 */
export function pathTemplates(pattern: string): PathTemplate[] {
  return expand(parse(pattern).tokens).map((tokens) => ({
    path: tokens.map(write).join(''),
    keys: keysOf(tokens),
  }))
}

function keysOf(tokens: readonly Token[]): PathTemplate['keys'] {
  const keys = tokens.filter((token) => token.type === 'param' || token.type === 'wildcard')
  // A name that occurs twice in a pattern is one parameter.
  const byName = keys.map(({ type, name }): [string, TemplateKey] => [
    name,
    { name, label: labelOf(name), wildcard: type === 'wildcard' },
  ])
  return [...new Map(byName).values()]
}

function expand(tokens: readonly Token[]): Exclude<Token, { type: 'group' }>[][] {
  const [first, ...others] = tokens
  if (first === undefined) return [[]]
  const rest = expand(others)
  if (first.type !== 'group') return rest.map((tail) => [first, ...tail])
  return [...expand(first.tokens), []].flatMap((taken) => rest.map((tail) => [...taken, ...tail]))
}

function write(token: Exclude<Token, { type: 'group' }>): string {
  if (token.type !== 'text') return `{${labelOf(token.name)}}`
  return token.value.replace(/[{}?#]/g, encodeURIComponent)
}

function labelOf(name: string): string {
  return name.replace(/[{}/?#]/g, '_')
}
