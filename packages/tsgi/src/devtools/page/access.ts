import type { Environ } from '@tsgi/core'

/**
 * Returns why a client may not see the page; undefined if it may. The page is only for a browser on the same machine. With
 * DNS rebinding, any web page can send requests to this machine, but only with a host name of its own.
 */
export function refusalOf(environ: Environ): string | undefined {
  const { gateway, remoteAddress, host, headers } = environ
  if (gateway.multiprocess) return 'It shows the requests of one process, but there are several.'
  if (!LOOPBACK_ADDRESS.test(remoteAddress)) {
    return `It is only shown on the machine of the server, not to ${remoteAddress || 'a client without an address'}.`
  }
  // By default, nginx replaces Host and adds no field, but it speaks HTTP/1.0, which no browser does.
  if (environ.protocol === 'HTTP/1.0' || [...headers.keys()].some((name) => PROXY_FIELD.test(name))) {
    return 'It is not shown through a proxy, because a proxy may pass on the requests of other machines.'
  }
  if (!LOOPBACK_HOST.test(host)) return 'It is only shown at localhost, 127.0.0.1 or [::1].'
  if (isFromOtherSite(headers)) return 'It is not shown to other sites.'
  return undefined
}

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/
const LOOPBACK_HOST = /^(?:(?:[\w-]+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i
/** The fields with which proxies and tunnels describe the client. Some send only one of them. */
const PROXY_FIELD =
  /^(?:forwarded|via|x-forwarded(?:-.+)?|(?:x-)?(?:real|client|connecting)-ip|(?:x-cluster|true)-client-ip|cf-connecting-ip(?:v6)?|x-original-.+)$/

/** Whether a page of another origin loads this, other than by a link (Fetch Metadata). */
function isFromOtherSite(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site') ?? 'none'
  const isLink = headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document'
  return site !== 'same-origin' && site !== 'none' && !isLink
}
