import { mistakeInSource } from './check-source.ts'
import type { ContentSecurityPolicy } from './policy.ts'

/** The values that a directive can have. */
export interface DirectiveKind {
  /** Returns what is wrong with a value. Its characters have been checked. */
  readonly mistakeIn: (value: string) => string | undefined
  readonly allowsNonce?: boolean
  /** Whether an empty list stands for `'none'`. */
  readonly isSources?: boolean
  /** Whether the directive can be `true`, without values. */
  readonly isFlag?: boolean
  readonly maxValues?: number
  /** Whether browsers ignore it in a policy that only reports. */
  readonly isEnforcedOnly?: boolean
}

const sources: DirectiveKind = { mistakeIn: mistakeInSource, isSources: true }
const withNonce: DirectiveKind = { ...sources, allowsNonce: true }

/** All directives of CSP Level 3 and Trusted Types that browsers implement. */
export const DIRECTIVES: Readonly<Record<keyof ContentSecurityPolicy, DirectiveKind>> = {
  'default-src': withNonce,
  'script-src': withNonce,
  'script-src-elem': withNonce,
  'style-src': withNonce,
  'style-src-elem': withNonce,
  'base-uri': sources,
  'child-src': sources,
  'connect-src': sources,
  'fenced-frame-src': sources,
  'font-src': sources,
  'form-action': sources,
  'frame-ancestors': sources,
  'frame-src': sources,
  'img-src': sources,
  'manifest-src': sources,
  'media-src': sources,
  'object-src': sources,
  'script-src-attr': sources,
  'style-src-attr': sources,
  'worker-src': sources,
  sandbox: {
    mistakeIn: (token) => mistakeIf(!/^allow-[a-z-]+$/.test(token), "is not a token such as 'allow-scripts'"),
    isFlag: true,
    isEnforcedOnly: true,
  },
  'report-uri': { mistakeIn: (uri) => mistakeIf(!URL.canParse(uri, 'https://a'), 'is not a URL') },
  'report-to': {
    mistakeIn: (name) => mistakeIf(!/^[\w.-]+$/.test(name), 'is not the name of an endpoint'),
    maxValues: 1,
  },
  'require-trusted-types-for': {
    mistakeIn: (value) => mistakeIf(value !== "'script'", 'is not "\'script\'"'),
    maxValues: 1,
  },
  'trusted-types': { mistakeIn: mistakeInTrustedType },
  'upgrade-insecure-requests': {
    mistakeIn: () => 'must be true or false',
    isFlag: true,
    isEnforcedOnly: true,
  },
}

/** Source: Trusted Types §4.2.3. */
function mistakeInTrustedType(value: string): string | undefined {
  if (value === 'none' || value === 'allow-duplicates') return `must be written as "'${value}'"`
  const isValid = /^(?:\*|'none'|'allow-duplicates'|[\w\-#=/@.%]+)$/.test(value)
  return mistakeIf(!isValid, 'is not the name of a Trusted Types policy')
}

function mistakeIf(isMistake: boolean, message: string): string | undefined {
  return isMistake ? message : undefined
}
