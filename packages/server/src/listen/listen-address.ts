/** An address to listen on: a host and a port, the path of a Unix socket, or a file descriptor that is already open. */
export type ListenAddress =
  | {
      readonly scheme: 'http' | 'https' | 'uwsgi'
      readonly host: string | undefined
      readonly port: number
    }
  | { readonly scheme: 'unix' | 'uwsgi'; readonly path: string }
  | { readonly scheme: 'fd'; readonly fd: number }

/**
 * Parses one address of the option `listen`.
 *
 * @throws TypeError naming the option and the forms that it accepts.
 *
 * @example
 * ```ts
 * import { parseListenAddress } from '@tsgi/server/listen'
 *
 * parseListenAddress('https://localhost') // => { scheme: 'https', host: 'localhost', port: 443 }
 * parseListenAddress('unix:/run/app.sock') // => { scheme: 'unix', path: '/run/app.sock' }
 * ```
 */
export function parseListenAddress(text: unknown): ListenAddress {
  const address =
    typeof text === 'string'
      ? (parsePath(text) ?? parseDescriptor(text) ?? parseEveryInterface(text) ?? parseHost(text))
      : undefined
  if (address === undefined) throw refusal(text)
  return address
}

/** `unix:PATH` or `uwsgi:PATH`. */
function parsePath(text: string): ListenAddress | undefined {
  const [, uwsgi, path = ''] = /^(?:unix:|(uwsgi):(?!\/\/))([^\0]+)$/.exec(text) ?? []
  // The size of `sockaddr_un.sun_path` without the NUL on Linux (unix(7)); macOS has four bytes less.
  if (path === '' || Buffer.byteLength(path) > 107) return undefined
  return { scheme: uwsgi === undefined ? 'unix' : 'uwsgi', path }
}

/** `fd:N` */
function parseDescriptor(text: string): ListenAddress | undefined {
  const fd = /^fd:(\d{1,6})$/.exec(text)?.[1]
  return fd === undefined ? undefined : { scheme: 'fd', fd: Number(fd) }
}

/** `:PORT`, `http://:PORT` or `https://:PORT`. */
function parseEveryInterface(text: string): ListenAddress | undefined {
  const [, scheme = 'http', port] = /^(?:(https?):\/\/)?:(\d{1,5})$/.exec(text) ?? []
  if (port === undefined || Number(port) > 65_535) return undefined
  return { scheme: scheme as 'http' | 'https', host: undefined, port: Number(port) }
}

/** `http://HOST[:PORT]`, `https://HOST[:PORT]` or `uwsgi://HOST:PORT`. */
function parseHost(text: string): ListenAddress | undefined {
  const [, name, authority, port] = /^(https?|uwsgi):\/\/([^/?#@\\]+?)(?::(\d{1,5}))?\/?$/i.exec(text) ?? []
  const scheme = name?.toLowerCase() as 'http' | 'https' | 'uwsgi' | undefined
  if (scheme === undefined || (scheme === 'uwsgi' && port === undefined)) return undefined
  // The port is not part of it: the URL standard drops a scheme's default port.
  const host = URL.parse(`http://${authority}`)
  if (host === null || host.port !== '' || Number(port) > 65_535) return undefined
  const defaultPort = scheme === 'https' ? 443 : 80
  return {
    scheme,
    host: host.hostname.replace(/^\[|\]$/g, ''),
    port: port === undefined ? defaultPort : Number(port),
  }
}

/**
 * Parses the option `listen`: one address or several; `http://127.0.0.1:8000` by default.
 *
 * @throws TypeError naming the option and the forms that it accepts.
 *
 * @example
 * ```ts
 * import { parseListenOption } from '@tsgi/server/listen'
 *
 * parseListenOption(undefined) // => [{ scheme: 'http', host: '127.0.0.1', port: 8000 }]
 * ```
 */
export function parseListenOption(option: unknown): ListenAddress[] {
  const list = Array.isArray(option) ? option : [option ?? 'http://127.0.0.1:8000']
  if (list.length === 0)
    throw new TypeError('serve: listen must name at least one address, got an empty list')
  return list.map(parseListenAddress)
}

/** Formats an address with the port that was assigned. */
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
