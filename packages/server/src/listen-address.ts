import { parseUwsgiAddress } from '@tsgi/uwsgi'

/**
 * Where a server listens: a host and a port, or the path of a unix socket, with HTTP or with uwsgi; or a socket that is
 * open already.
 */
export type ListenAddress =
  | {
      readonly scheme: 'http' | 'https' | 'uwsgi'
      readonly host: string | undefined
      readonly port: number
    }
  | { readonly scheme: 'unix' | 'uwsgi'; readonly path: string }
  | { readonly scheme: 'fd'; readonly fd: number }

/**
 * Reads one value of the option `listen`.
 *
 * @throws TypeError naming the option and what is accepted.
 */
export function parseListenAddress(text: unknown): ListenAddress {
  if (typeof text !== 'string') throw refusal(text)
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length)
    // The room in `sockaddr_un` (Linux, unix(7)), less the NUL; macOS has four bytes less.
    if (path === '' || path.includes('\0') || Buffer.byteLength(path) > 107) throw refusal(text)
    return { scheme: 'unix', path }
  }
  if (text.startsWith('uwsgi:')) {
    const address = parseUwsgiAddress(text)
    if (address === undefined) throw refusal(text)
    return { scheme: 'uwsgi', ...address }
  }
  const fd = /^fd:(\d{1,6})$/.exec(text)?.[1]
  if (fd !== undefined) return { scheme: 'fd', fd: Number(fd) }
  const [, name = 'http', port] = /^(?:(https?):\/\/)?:(\d{1,5})$/.exec(text) ?? []
  const scheme = name === 'https' ? 'https' : 'http'
  if (port !== undefined) {
    if (Number(port) > 65_535) throw refusal(text)
    return { scheme, host: undefined, port: Number(port) }
  }
  const url = /^https?:\/\/[^/?#@\\]+\/?$/i.test(text) ? URL.parse(text) : null
  if (url === null) throw refusal(text)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.protocol === 'https:') {
    return { scheme: 'https', host, port: url.port === '' ? 443 : Number(url.port) }
  }
  return { scheme: 'http', host, port: url.port === '' ? 80 : Number(url.port) }
}

/** The address as {@link parseListenAddress} reads it, with the port that was really taken. */
export function formatListenAddress(address: ListenAddress, port: number): string {
  if ('path' in address) return `${address.scheme}:${address.path}`
  if ('fd' in address) return `fd:${address.fd}`
  const host = address.host ?? '::'
  return `${address.scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function refusal(got: unknown): TypeError {
  return new TypeError(
    `serve: listen must be 'http://HOST:PORT', 'https://HOST:PORT', ':PORT' for every interface, 'fd:N', or 'unix:PATH' of at most 107 bytes, 'uwsgi:PATH' or 'uwsgi://HOST:PORT', got ${
      typeof got === 'string' ? `'${got}'` : String(got)
    }`,
  )
}
