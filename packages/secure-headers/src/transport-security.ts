import { checkBoolean, checkOptions, readSeconds } from '@tsgi/core/options'
import type { StrictTransportSecurity } from './secure-headers-options.ts'

const OPTION = 'secureHeaders: strictTransportSecurity'
const YEAR = 31_536_000

/** Creates the value of `Strict-Transport-Security`. Throws a TypeError if an option is unknown or invalid. */
export function formatTransportSecurity(options: StrictTransportSecurity): string {
  checkOptions(OPTION, options, ['maxAge', 'includeSubDomains', 'preload'])
  const { includeSubDomains = false, preload = false } = options
  const maxAge = readSeconds(`${OPTION}: maxAge`, options.maxAge)
  for (const [name, value] of Object.entries({ includeSubDomains, preload })) {
    checkBoolean(`${OPTION}: ${name}`, value)
  }
  if (preload && !(includeSubDomains && maxAge >= YEAR)) {
    throw new TypeError(`${OPTION}: preload needs includeSubDomains and a maxAge of at least '365d'`)
  }
  return [`max-age=${maxAge}`, includeSubDomains && 'includeSubDomains', preload && 'preload']
    .filter(Boolean)
    .join('; ')
}

/**
 * Whether a host has a name that browsers remember for HTTPS: not an IP address (RFC 6797 §8.1.1), and not `localhost`, where
 * other programs use the same name.
 */
export function isPublicHost(host: string): boolean {
  return !NOT_PUBLIC.test(host)
}

/** The last label of a name is never a number (URL Standard §3.5, "ends in a number"). */
const NOT_PUBLIC = /^\[|(?:^|\.)(?:localhost|\d+)\.?(?::\d+)?$/
