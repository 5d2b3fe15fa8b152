import type { Application } from './application.ts'
import type { Environ } from './environ.ts'

/**
 * An application that needs no keys except those of the contract, as a gateway requires. If the application needs others,
 * the type is a message that names a missing key and says what to do.
 *
 * @example
 * ```ts
 * import { type CompleteApplication, handle, text } from '@tsgi/core'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * function serveOnce<E extends object>(app: CompleteApplication<E>) {
 *   return handle(app, testEnviron('/') as never)
 * }
 * const response = await serveOnce(() => text('Hello'))
 * response.status // => 200
 * ```
 */
export type CompleteApplication<E extends object> = Application<E> & Complete<E>

type Complete<E> = [MissingKeys<E>] extends [never]
  ? unknown
  : // `any` is not checked.
    0 extends 1 & E
    ? unknown
    : `'${MissingKeys<E> & string}' is missing: apply the middleware that provides it, as in stack(…)(application)`

type OwnKeys<E> = Exclude<keyof E, keyof Environ>
type MissingKeys<E> = { [K in OwnKeys<E>]-?: object extends Pick<E, K> ? never : K }[OwnKeys<E>]
