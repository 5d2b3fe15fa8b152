import type { IncomingHttpHeaders } from 'node:http'
import type { OriginResolver, RequestHead } from '@tsgi/http1'
import { peerOf } from '../../proxies/peer.ts'
import { locate } from '../request-head.ts'
import type { Settings } from '../settings.ts'

/** Returns a resolver that knows the PROXY protocol, the trusted proxies and the root path. */
export function originResolver({ resolveClient, rootPath }: Settings): OriginResolver {
  return {
    peerOf,
    originOf(head, socket) {
      const { method, target, minorVersion, host: field } = head
      const peer = peerOf(socket)
      const transport = 'encrypted' in socket ? 'https' : 'http'
      const view = resolveClient?.(proxyFields(head), peer, transport)
      const scheme = view?.scheme ?? transport
      const request = { method, url: target, httpVersionMinor: minorVersion, socket }
      const { host, scriptName, pathInfo, queryString } = locate(request, field, scheme, rootPath, view)
      const remoteAddress = view?.remoteAddress ?? peer
      return {
        scheme,
        host,
        scriptName,
        pathInfo,
        queryString,
        remoteAddress,
        isForwarded: view?.isForwarded === true,
      }
    },
  }
}

/** The fields that proxies set. */
const PROXY_FIELDS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
]

function proxyFields(head: RequestHead): IncomingHttpHeaders {
  return Object.fromEntries(PROXY_FIELDS.map((name) => [name, head.field(name)]))
}
