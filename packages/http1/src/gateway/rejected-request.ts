import { lightHeaders, type RejectedRequest } from '@tsgi/core/gateway'
import type { RequestHead } from '../parse/request-head.ts'

/**
 * Returns the data of a rejected request for the access log. Its host may be invalid.
 *
 * @param head The head as far as it was read; undefined if there is no whole request line.
 */
export function rejectedRequest(head: RequestHead | undefined, remoteAddress: string): RejectedRequest {
  if (head === undefined) {
    return { method: '-', target: '-', protocol: '-', host: '', remoteAddress, headers: lightHeaders([]) }
  }
  const { method, target, minorVersion, host = '', rawHeaders } = head
  return {
    method,
    target,
    protocol: `HTTP/1.${minorVersion}`,
    host,
    remoteAddress,
    headers: lightHeaders(rawHeaders),
  }
}
