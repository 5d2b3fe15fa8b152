import { checkOptions, describe } from '@tsgi/core/options'
import { DIRECTIVES } from './directives.ts'
import { type ContentSecurityPolicy, NONCE } from './policy.ts'

/** The value of the header, split where the nonce is inserted: one part if the policy has none. */
export type CompiledPolicy = readonly string[]

/** Stands for the nonce until the text is split. No checked value contains it. */
const PLACEHOLDER = '\0'

/**
 * Checks a policy and creates the value of its header.
 *
 * @param option The name that error messages begin with.
 * @throws TypeError naming the directive and the value if one is unknown, or if browsers would ignore or misread it.
 */
export function compilePolicy(option: string, policy: ContentSecurityPolicy): CompiledPolicy {
  checkOptions(option, policy, Object.keys(DIRECTIVES))
  const directives = directivesOf(policy)
  if (directives.length === 0) {
    throw new TypeError(`${option} must have at least one directive. Pass false for no policy`)
  }
  const lines = directives.map(([name, value]) => [name, ...valuesOf(option, name, value)].join(' '))
  return lines.join('; ').split(PLACEHOLDER)
}

/** Returns the directives that are set. Only one without a value can be `false`. */
export function directivesOf(policy: ContentSecurityPolicy): [keyof ContentSecurityPolicy, unknown][] {
  const entries = Object.entries(policy) as [keyof ContentSecurityPolicy, unknown][]
  return entries.filter(
    ([name, value]) => value !== undefined && !(value === false && DIRECTIVES[name].isFlag),
  )
}

function valuesOf(option: string, name: keyof ContentSecurityPolicy, value: unknown): readonly string[] {
  const { isFlag, isSources, maxValues, mistakeIn, allowsNonce } = DIRECTIVES[name]
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (isFlag && (value === true || list.length === 0)) return []
  if (isSources && list.length === 0) return ["'none'"]
  if (list.length === 0 || list.length > (maxValues ?? list.length)) {
    throw new TypeError(`${option}: ${name} must have ${maxValues ?? 'a'} value, got ${list.length}`)
  }
  if (list.length > 1 && list.includes("'none'")) {
    throw new TypeError(`${option}: ${name} must not have other values beside "'none'"`)
  }
  return list.map((each) => {
    if (each === NONCE && allowsNonce) return `'nonce-${PLACEHOLDER}'`
    checkCharacters(option, name, each)
    const mistake = mistakeIn(each)
    if (mistake !== undefined) throw new TypeError(`${option}: ${name}: ${describe(each)} ${mistake}`)
    return each
  })
}

/** Visible ASCII without the characters that end a directive or a policy (CSP Level 3 §2.2.1). */
const VALUE = /^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/

function checkCharacters(option: string, name: string, value: unknown): asserts value is string {
  if (typeof value === 'string' && VALUE.test(value)) return
  const hint =
    value === NONCE
      ? 'NONCE has no effect there'
      : 'Pass several values as a list. A value has visible ASCII, without blanks, commas and semicolons'
  throw new TypeError(`${option}: ${name} must not have the value ${describe(value)}. ${hint}`)
}
