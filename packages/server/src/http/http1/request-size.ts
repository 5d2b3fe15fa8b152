import type { IncomingMessage } from 'node:http'

/**
 * Returns the size of a request in bytes, provided that it has one space after each colon and no other white space;
 * undefined if its body has the chunked coding.
 */
export function requestSize({ method = '', url = '', rawHeaders }: IncomingMessage): number | undefined {
  let size = `${method} ${url} HTTP/1.1\r\n\r\n`.length
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase()
    const value = rawHeaders[at + 1]!
    size += name.length + value.length + ': \r\n'.length
    if (name === 'content-length') size += Number(value)
    else if (name === 'transfer-encoding') return undefined
  }
  return size
}
