import { create } from 'content-disposition'

/**
 * Returns a `Content-Disposition` that makes browsers save the response as a file. Only the last part of a path is used, and
 * control characters are left out.
 *
 * Source: RFC 6266, RFC 8187.
 */
export function attachment(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  const plain = base.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '').toWellFormed()
  return /^\.*$/.test(plain) ? 'attachment' : create(plain)
}
