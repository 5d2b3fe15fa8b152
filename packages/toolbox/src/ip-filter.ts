import { type Application, type Environ, HttpError, type Middleware } from '@tsgi/core'
import { checkOptions } from '@tsgi/core/options'
import { type Address, parseAddress, type Range, readRanges } from './ip-ranges.ts'

/**
 * The options of {@link ipFilter}: at least one of the two.
 *
 * @example
 * ```ts
 * import type { IpFilterOptions } from '@tsgi/toolbox'
 *
 * const office: IpFilterOptions = { allow: ['192.0.2.0/24', '2001:db8::/32'], deny: ['192.0.2.13'] }
 * ```
 */
export interface IpFilterOptions {
  /** The addresses and CIDR ranges that are allowed. By default all. */
  readonly allow?: readonly string[] | undefined
  /** The addresses and CIDR ranges that are rejected, even if they are allowed. None by default. */
  readonly deny?: readonly string[] | undefined
}

/**
 * Rejects requests with status 403 by the address of the client, `environ.remoteAddress`. An IPv4 address that is mapped to
 * IPv6 (`::ffff:192.0.2.7`) is that IPv4 address. A request without an address, for example over a Unix socket, is not
 * allowed by any range.
 *
 * @throws TypeError if an option is unknown or invalid, or if there is neither `allow` nor `deny`.
 *
 * @example
 * ```ts
 * import { client } from '@tsgi/core/testing'
 * import { text } from '@tsgi/core'
 * import { ipFilter } from '@tsgi/toolbox'
 *
 * const admin = ipFilter({ allow: ['10.0.0.0/8'] })(() => text('admin'))
 * const inside = await client(admin, { remoteAddress: '10.1.2.3' }).get('/')
 * inside.status // => 200
 * const outside = await client(admin, { remoteAddress: '203.0.113.7' }).get('/')
 * outside.status // => 403
 * ```
 */
export function ipFilter(options: IpFilterOptions): Middleware {
  checkOptions('ipFilter', options, ['allow', 'deny'])
  const { allow, deny } = options
  if (allow === undefined && deny === undefined) {
    throw new TypeError('ipFilter: allow or deny is missing: pass a list of addresses and CIDR ranges')
  }
  const allowed = allow && readRanges('ipFilter: allow', allow)
  const denied = deny && readRanges('ipFilter: deny', deny)

  return function ipFilter<E extends object>(app: Application<E>): Application<E> {
    return function ipFilter(environ: Environ & E) {
      const address = parseAddress(environ.remoteAddress)
      if ((allowed && !isIn(address, allowed)) || (denied && isIn(address, denied))) {
        throw new HttpError(403, 'Your address is not allowed to use this.')
      }
      return app(environ)
    }
  }
}

function isIn(address: Address | undefined, ranges: readonly Range[]): boolean {
  return (
    address !== undefined &&
    ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))
  )
}
