import type { defaultPolicy, NONCE } from './csp/policy.ts'

/**
 * The keys that `secureHeaders` adds to the environ with options of type `O`: `nonce` if a policy has a {@link NONCE},
 * otherwise none.
 *
 * @example
 * ```ts
 * import type { SecureHeadersNonce } from '@tsgi/secure-headers'
 *
 * const provided: SecureHeadersNonce<{ referrerPolicy: 'same-origin' }> = { nonce: 'VtGGTrSQAqFQbSGeJKVrZA' }
 * ```
 */
export type SecureHeadersNonce<O> = true extends HasNonce<Enforced<O>> | HasNonce<Reported<O>>
  ? { nonce: string }
  : object

/** The policy of the options. Without the option, it is the default. */
type Enforced<O> = O extends { readonly contentSecurityPolicy: infer P }
  ? P extends undefined
    ? typeof defaultPolicy
    : P
  : 'contentSecurityPolicy' extends keyof O
    ? undefined
    : typeof defaultPolicy

type Reported<O> = O extends { readonly reportOnly: infer P } ? P : undefined

/** `true` if every policy of the union `P` has a nonce, otherwise `false`. */
type HasNonce<P> = false extends (P extends object ? AnyNonce<P> : false) ? false : true

/** `true` if a directive has a nonce in every member of its union. */
type AnyNonce<P extends object> = true extends { [D in keyof P]-?: EveryNonce<P[D]> }[keyof P] ? true : false

type EveryNonce<S> = false extends (S extends unknown ? IsNonce<S> : never) ? false : true

type IsNonce<S> = S extends typeof NONCE
  ? true
  : S extends readonly unknown[]
    ? // Which values an array of any length has is not known.
      number extends S['length']
      ? false
      : typeof NONCE extends S[number]
        ? true
        : false
    : false
