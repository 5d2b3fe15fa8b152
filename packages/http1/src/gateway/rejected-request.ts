import { lightHeaders, type RejectedRequest } from '@tsgi/core/gateway'
import type { RequestHead } from '../parse/request-head.ts'

/** Returns the data of a rejected request for the access log. Its host may be invalid. */
export function rejectedRequest(head: RequestHead, remoteAddress: string): RejectedRequest {
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
