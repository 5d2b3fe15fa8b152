import { afterEach, expect, it, vi } from 'vitest'
import './test/fake-github.ts'
import { fromFetch, lint, toFetch } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { testSite } from './test/test-site.ts'

vi.stubEnv('AUTH_DATABASE', ':memory:')
vi.stubEnv('GITHUB_CLIENT_ID', 'id')
vi.stubEnv('GITHUB_CLIENT_SECRET', 'secret')
await import('./migrate.ts')
const { application } = await import('./app.ts')
const { auth } = await import('./auth.ts')

const url = 'http://localhost:8000'
const problems: unknown[] = []
const fetch = toFetch(lint(application), { errors: { write: (problem) => problems.push(problem) } })

afterEach(() => {
  expect(problems.splice(0)).toEqual([])
})

testSite(() => ({ url, fetch: (target, init) => fetch(new Request(target, init)) }))

it.each([
  ['whole', 200],
  ['rest', 404],
] as const)('better-auth mounted with the path option %s responds with %i', async (path, status) => {
  const mounted = router({ '/api/auth/*rest': fromFetch(auth.handler, { path }) })
  expect((await client(mounted).get('/api/auth/ok')).status).toBe(status)
})
