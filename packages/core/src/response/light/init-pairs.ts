import { pairsOf, toPairs } from '#response'
import type { HeaderInit } from '../../http/header-init.ts'
import type { HeaderPairs } from '../../http/header-pairs.ts'

/** Returns the header fields of a response's init in any form. */
export function initPairs(init: HeaderInit | undefined): HeaderPairs {
  return toPairs(init) ?? pairsOf(new Headers(init))
}
