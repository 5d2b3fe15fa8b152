/**
 * The twelve routes and seven requests of the router benchmarks of Hono and rou3, and tables with many copies of the
 * twelve. In a pattern, `:name` is a segment and `*` at the end is the rest.
 */

export interface TableRoute {
  method: 'GET' | 'POST'
  pattern: string
}

export interface TableRequest {
  kind: string
  method: 'GET' | 'POST'
  path: string
  /** The expected result: the index of the route and its parameters. */
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

/** How to create each request from the pattern of its route. */
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

/** Returns a table of a number of routes: copies of the twelve, numbered in the first segment. */
export function makeRoutes(size: number): TableRoute[] {
  return Array.from({ length: size }, (_, index) => {
    const { method, pattern } = twelve[index % twelve.length]!
    return { method, pattern: numbered(pattern, Math.floor(index / twelve.length)) }
  })
}

/** Returns the seven requests to each of eight copies, evenly spread over a table of a number of routes. */
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
