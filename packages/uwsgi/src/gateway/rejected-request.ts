import { lightHeaders, type RejectedRequest } from '@tsgi/core/gateway'
import type { UwsgiPacket } from '../packet/packet.ts'

/** Returns the data of a rejected request for the access log. Any of it may be invalid. Never throws. */
export function rejectedRequest({ variables }: UwsgiPacket): RejectedRequest {
  const cgi = new Map<string, string>()
  const fields: string[] = []
  for (let at = 0; at < variables.length; at += 2) {
    const name = variables[at]!
    const value = variables[at + 1]!
    if (!name.startsWith('HTTP_')) cgi.set(name, value)
    else if (/^\w+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      fields.push(name.slice('HTTP_'.length).toLowerCase().replaceAll('_', '-'), value)
    }
  }
  const headers = lightHeaders(fields)
  return {
    method: cgi.get('REQUEST_METHOD') || '-',
    target: cgi.get('REQUEST_URI') ?? cgi.get('PATH_INFO') ?? '',
    protocol: cgi.get('SERVER_PROTOCOL') || 'HTTP/1.0',
    host: headers.get('host') ?? '',
    remoteAddress: cgi.get('REMOTE_ADDR') ?? '',
    headers,
  }
}
