/** The address of a uwsgi server: the path of a Unix socket, or a host and a port. */
export type UwsgiAddress = { readonly path: string } | { readonly host: string; readonly port: number }

/**
 * Parses an address of the form `uwsgi:/run/app.sock` or `uwsgi://127.0.0.1:3031`. Returns undefined if it is neither.
 */
export function parseUwsgiAddress(text: string): UwsgiAddress | undefined {
  if (text.startsWith('uwsgi://')) {
    const [, host, bracketed, port] =
      /^uwsgi:\/\/(?:([\w.-]+)|\[([\da-f:.]+)\]):(\d{1,5})\/?$/i.exec(text) ?? []
    const name = host ?? bracketed
    return name === undefined || Number(port) > 65_535 ? undefined : { host: name, port: Number(port) }
  }
  if (!text.startsWith('uwsgi:')) return undefined
  const path = text.slice('uwsgi:'.length)
  // The size of `sockaddr_un.sun_path` without the NUL on Linux (unix(7)); macOS has four bytes less.
  return path === '' || path.includes('\0') || Buffer.byteLength(path) > 107 ? undefined : { path }
}
