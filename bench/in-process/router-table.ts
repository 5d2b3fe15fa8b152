/**
 * The twelve routes and seven requests that Hono's and rou3's own benchmarks of routers have, and tables made of many of
 * the same twelve. A pattern is text, `:name` for a segment, and `*` at its end for whatever follows.
 */

export interface TableRoute {
  method: 'GET' | 'POST'
  pattern: string
}

export interface TableRequest {
  kind: string
  method: 'GET' | 'POST'
  path: string
  /** What must be found: the route's place in the table, and its parameters. */
  route: number
  params: Record<string, string>
}

const twelve: TableRoute[] = [
  { method: 'GET', pattern: '/user' },
  { method: 'GET', pattern: '/user/comments' },
  { method: 'GET', pattern: '/user/avatar' },
  { method: 'GET', pattern: '/user/lookup/username/:username' },
  { method: 'GET', pattern: '/user/lookup/email/:address' },
  { method: 'GET', pattern: '/event/:id' },
  { method: 'GET', pattern: '/event/:id/comments' },
  { method: 'POST', pattern: '/event/:id/comment' },
  { method: 'GET', pattern: '/map/:location/events' },
  { method: 'GET', pattern: '/status' },
  { method: 'GET', pattern: '/very/deeply/nested/route/hello/there' },
  { method: 'GET', pattern: '/static/*' },
]

/** How each request is made of its route's pattern. */
const seven: { kind: string; route: number; params: Record<string, string> }[] = [
  { kind: 'short static', route: 0, params: {} },
  { kind: 'same radix', route: 1, params: {} },
  { kind: 'dynamic', route: 3, params: { username: 'hey' } },
  { kind: 'mixed', route: 6, params: { id: 'abcd1234' } },
  { kind: 'post', route: 7, params: { id: 'abcd1234' } },
  { kind: 'long static', route: 10, params: {} },
  { kind: 'wildcard', route: 11, params: { '*': 'index.html' } },
]

export const kinds: readonly string[] = seven.map(({ kind }) => kind)

/** A table of so many routes: the twelve, again and again, with the copy's number in their first segment. */
export function makeRoutes(size: number): TableRoute[] {
  return Array.from({ length: size }, (_, index) => {
    const { method, pattern } = twelve[index % twelve.length]!
    return { method, pattern: numbered(pattern, Math.floor(index / twelve.length)) }
  })
}

/** The seven requests, to each of eight copies of the twelve that lie evenly in a table of so many routes. */
export function makeRequests(size: number): TableRequest[] {
  const copies = Math.floor(size / twelve.length)
  return seven.flatMap(({ kind, route, params }) =>
    Array.from({ length: 8 }, (_, nth) => {
      const copy = Math.floor((nth * copies) / 8)
      const { method, pattern } = twelve[route]!
      const path = pattern.replaceAll(/:(\w+)|\*$/g, (all, name) => params[name ?? all]!)
      return { kind, method, path: numbered(path, copy), route: copy * twelve.length + route, params }
    }),
  )
}

function numbered(path: string, copy: number): string {
  return copy === 0 ? path : path.replace(/^\/\w+/, (first) => `${first}${copy}`)
}
