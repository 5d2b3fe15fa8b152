import { describe, expect, it } from 'vitest'
import { buildTables, mistakes } from './router.ts'
import { kinds, makeRequests, makeRoutes } from './router-table.ts'

describe('the routers', () => {
  it.each([12, 100, 1000])('agree on what answers, and on the parameters, among %i routes', (size) => {
    const requests = makeRequests(size)
    expect(requests).toHaveLength(8 * kinds.length)
    for (const table of buildTables(size)) expect(mistakes(table, requests), table.name).toEqual([])
  })

  it('fail the check if they find the wrong route', () => {
    const [request] = makeRequests(12)
    const [table] = buildTables(12)
    expect(mistakes(table!, [{ ...request!, route: 3 }])).toHaveLength(1)
    expect(mistakes(table!, [{ ...request!, params: { id: '7' } }])).toHaveLength(1)
  })

  it('decode parameters if they can', () => {
    const [request] = makeRequests(12).filter(({ kind }) => kind === 'dynamic')
    const encoded = { ...request!, path: request!.path.replace('hey', 'a%20b'), params: { username: 'a b' } }
    for (const table of buildTables(12)) expect(mistakes(table, [encoded]), table.name).toEqual([])
  })
})

describe('a table of many routes', () => {
  it('has that many different routes, and requests spread over all of it', () => {
    const routes = makeRoutes(1000)
    expect(new Set(routes.map(({ method, pattern }) => method + pattern)).size).toBe(1000)
    const asked = makeRequests(1000).map(({ route }) => route)
    expect(Math.min(...asked)).toBeLessThan(12)
    expect(Math.max(...asked)).toBeGreaterThan(850)
  })
})
