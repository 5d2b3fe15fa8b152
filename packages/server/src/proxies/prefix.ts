import { parseTarget } from '@tsgi/core/gateway'

/**
 * Parses a path that proxies remove from the targets of requests, such as `/app`. Returns it without a slash at the end and
 * normalized like the path of a request, `''` for `/`.
 *
 * @throws Error if it is not a path, or has empty or dot segments, a query or a fragment.
 */
export function parsePrefix(text: string): string {
  const prefix = text.replace(/\/$/, '')
  if (prefix === '') return ''
  const { path, query } = parseTarget('GET', prefix)
  const isPath = prefix.startsWith('/') && !prefix.includes('?') && query === ''
  const segments = prefix.slice(1).split('/')
  if (!isPath || segments.some((segment) => /^(?:\.|%2e){0,2}$/i.test(segment))) {
    throw new SyntaxError(`'${text}' is not the start of a path`)
  }
  return path
}
