import { parse, pathToRegexp, type Token, type TokenData } from 'path-to-regexp'
import { decodes } from './decode.ts'
import type { Form, Tail } from './form.ts'
import type { Segment } from './segment.ts'
import { PARAMETER, WILDCARD } from './specificity.ts'

/** How path-to-regexp is asked to match: case counts, and a slash at the end is one more character. */
const EXACTLY = { sensitive: true, trailing: false } as const

/**
 * Reads a pattern into tokens whose text is percent-encoded.
 *
 * @throws TypeError where it is not a pattern; the message ends with it.
 */
export function parsePattern(pattern: string): TokenData {
  const data = parse(pattern, { encodePath: encodeText })
  // Checks what parsing does not: that text stands between parameters, and that there are at most 256 forms.
  pathToRegexp(data, EXACTLY)
  return data
}

/**
 * The forms of a pattern, in the order in which path-to-regexp tries them.
 *
 * @throws TypeError where one does not begin with `/`, or has text that is not valid percent-encoding.
 */
export function formsOf({ tokens, originalPath: pattern }: TokenData): Form[] {
  return expand(tokens).map((flat) => {
    const first = flat[0]
    if (first?.type !== 'text' || !first.value.startsWith('/')) {
      throw new TypeError(`router: '${pattern}' must begin with '/', with and without its optional groups`)
    }
    for (const token of flat) {
      if (token.type === 'text' && !decodes(token.value)) {
        throw new TypeError(`router: '${pattern}' has a '%' that encodes no character; write '%25' for it`)
      }
    }
    return makeForm(flat)
  })
}

/** The sequences of tokens that there are when each group is taken or left, taken first. */
function expand(tokens: readonly Token[]): Token[][] {
  const index = tokens.findIndex((token) => token.type === 'group')
  const group = tokens[index]
  if (group?.type !== 'group') return [[...tokens]]
  const head = tokens.slice(0, index)
  const ends = expand(tokens.slice(index + 1))
  return [...expand(group.tokens), []].flatMap((taken) => ends.map((end) => [...head, ...taken, ...end]))
}

function makeForm(flat: readonly Token[]): Form {
  const shape = flat.map(mark).join('')
  const keys = flat.filter((token) => token.type === 'param' || token.type === 'wildcard')
  // Nothing stands before the slash that every shape begins with.
  const parts = shape.split('/').slice(1)
  const wild = parts.findIndex((part) => part.includes(WILDCARD))
  return {
    segments: parts.slice(0, wild === -1 ? undefined : wild).map(toSegment),
    tail: wild === -1 ? undefined : makeTail(flat, shape, parts, wild),
    keys,
    shape,
    open: parts.at(-1) === WILDCARD,
  }
}

function makeTail(flat: readonly Token[], shape: string, parts: readonly string[], wild: number): Tail {
  const [own = '', ...rest] = parts.slice(wild)
  const [before = '', after = '', ...more] = own.split(WILDCARD)
  const simple =
    more.length === 0 && !own.includes(PARAMETER) && !rest.some((part) => part.includes(WILDCARD))
  if (!simple) {
    const { regexp } = pathToRegexp({ tokens: flat }, EXACTLY)
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
 * Text as a URL's path has it: what no path may hold is percent-encoded, the rest is kept, so that a pattern may be
 * written either way (URL standard, "path percent-encode set").
 */
function encodeText(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]+|["#<>?\\^`{}]/gu, encodeURIComponent)
}
