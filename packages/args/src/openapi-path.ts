import { parse, type Token } from 'path-to-regexp'

/** One path template of a pattern. */
export interface PathTemplate {
  /** As `/users/{id}` (OpenAPI 3.1 §4.8.8.2). */
  readonly path: string
  /** What stands between the braces, in order; `wildcard` where it is more than a segment. */
  readonly keys: readonly { readonly name: string; readonly wildcard: boolean }[]
}

/** The path templates of a path-to-regexp pattern: one for each way its optional groups can be taken, all taken first. */
export function pathTemplates(pattern: string): PathTemplate[] {
  return expand(parse(pattern).tokens).map((tokens) => ({
    path: tokens.map(write).join(''),
    keys: tokens
      .filter((token) => token.type === 'param' || token.type === 'wildcard')
      .map(({ type, name }) => ({ name, wildcard: type === 'wildcard' })),
  }))
}

function expand(tokens: readonly Token[]): Exclude<Token, { type: 'group' }>[][] {
  const [first, ...others] = tokens
  if (first === undefined) return [[]]
  const rest = expand(others)
  if (first.type !== 'group') return rest.map((tail) => [first, ...tail])
  return [...expand(first.tokens), []].flatMap((taken) => rest.map((tail) => [...taken, ...tail]))
}

function write(token: Exclude<Token, { type: 'group' }>): string {
  if (token.type !== 'text') return `{${token.name}}`
  return token.value.replace(/[{}]/g, (brace) => `%${brace.charCodeAt(0).toString(16).toUpperCase()}`)
}
