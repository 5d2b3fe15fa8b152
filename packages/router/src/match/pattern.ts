import { normalizePath } from '@tsgi/core/gateway'
import { parse, pathToRegexp, type Token, type TokenData } from 'path-to-regexp'
import { isDecodable } from './decode.ts'
import type { Form, Tail } from './pattern-form.ts'
import type { Segment } from './segment.ts'
import { PARAMETER, WILDCARD } from './specificity.ts'

/** path-to-regexp's options for an exact match: case matters, and so does a trailing slash. */
const EXACT = { sensitive: true, trailing: false } as const

/**
 * Parses a pattern into tokens whose text is percent-encoded.
 *
 * @throws TypeError if it is not a valid pattern.
 */
export function parsePattern(pattern: string): TokenData {
  try {
    const data = parse(pattern, { encodePath: encodeText })
    // Checks what `parse` does not: that there is text between parameters, and that there are at most 256 forms.
    pathToRegexp(data, EXACT)
    return data
  } catch (error) {
    const { message } = error as Error
    const fix = fixOf(pattern)
    const problem = fix === undefined ? message : `${message.replace(/; visit .*/, '')}. ${fix}`
    throw new TypeError(`router: invalid pattern: ${problem}`, { cause: error })
  }
}

/** Returns how to write what Express 4 and older versions of path-to-regexp write differently. */
function fixOf(pattern: string): string | undefined {
  if (/\*(?![\w"])/.test(pattern)) return "Give the wildcard a name: '*rest'"
  const segment = /\/:\w+(?=\?)/.exec(pattern)?.[0]
  return segment === undefined ? undefined : `Write '{${segment}}' for an optional segment`
}

/**
 * Returns the forms of a pattern, in the order in which path-to-regexp tries them.
 *
 * @throws TypeError if a form does not start with `/`, or contains invalid percent-encoding.
 */
export function formsOf({ tokens, originalPath: pattern = '' }: TokenData): Form[] {
  return expandGroups(tokens).map((flat) => {
    const first = flat[0]
    if (first?.type !== 'text' || !first.value.startsWith('/')) {
      const method = /^[A-Z]+(?= +\/)/.exec(pattern)?.[0]
      const fix = method === undefined ? '' : `. Write the method inside: { ${method}: … }`
      throw new TypeError(
        `router: '${pattern}' must start with '/', with and without its optional groups${fix}`,
      )
    }
    for (const token of flat) {
      if (token.type === 'text' && !isDecodable(token.value)) {
        throw new TypeError(
          `router: '${pattern}' contains invalid percent-encoding; write '%25' for a literal '%'`,
        )
      }
    }
    return makeForm(flat)
  })
}

/** Returns the token sequences for every combination of groups, taken before left out. */
function expandGroups(tokens: readonly Token[]): Token[][] {
  const index = tokens.findIndex((token) => token.type === 'group')
  const group = tokens[index]
  if (group?.type !== 'group') return [[...tokens]]
  const head = tokens.slice(0, index)
  const ends = expandGroups(tokens.slice(index + 1))
  return [...expandGroups(group.tokens), []].flatMap((taken) =>
    ends.map((end) => [...head, ...taken, ...end]),
  )
}

function makeForm(flat: readonly Token[]): Form {
  const shape = flat.map(mark).join('')
  const keys = flat.filter((token) => token.type === 'param' || token.type === 'wildcard')
  // Every shape starts with a slash, so the first part is empty.
  const parts = shape.split('/').slice(1)
  const wild = parts.findIndex((part) => part.includes(WILDCARD))
  return {
    segments: parts.slice(0, wild === -1 ? undefined : wild).map(toSegment),
    tail: wild === -1 ? undefined : makeTail(flat, shape, parts, wild),
    keys,
    shape,
    endsInWildcard: parts.at(-1) === WILDCARD,
  }
}

function makeTail(flat: readonly Token[], shape: string, parts: readonly string[], wild: number): Tail {
  const [own = '', ...rest] = parts.slice(wild)
  const [before = '', after = '', ...more] = own.split(WILDCARD)
  const simple =
    more.length === 0 && !own.includes(PARAMETER) && !rest.some((part) => part.includes(WILDCARD))
  if (!simple) {
    const { regexp } = pathToRegexp({ tokens: flat }, EXACT)
    return { regexp, texts: shape.split(PARAMETER).flatMap((text) => text.split(WILDCARD)) }
  }
  const nth = parts.slice(0, wild).reduce((count, part) => count + toSegment(part).length - 1, 0)
  return { nth, before, after, rest: rest.map(toSegment) }
}

function mark(token: Token): string {
  return token.type === 'text' ? token.value : token.type === 'param' ? PARAMETER : WILDCARD
}

function toSegment(part: string): Segment {
  return part.split(PARAMETER)
}

/**
 * Percent-encodes the characters that a path cannot contain, and normalizes the text like a request's path. A pattern can
 * therefore be written encoded or not.
 */
function encodeText(text: string): string {
  return normalizePath(text.toWellFormed().replace(/[^\x21-\x7e]+|["#<>?\\^`{}]/gu, encodeURIComponent))
}
