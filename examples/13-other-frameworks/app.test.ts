import { afterEach, expect, vi } from 'vitest'
import './test/fake-github.ts'
import { lint, toFetch } from '@tsgi/core'
import { testSite } from './test/test-site.ts'

vi.stubEnv('AUTH_DATABASE', ':memory:')
vi.stubEnv('GITHUB_CLIENT_ID', 'id')
vi.stubEnv('GITHUB_CLIENT_SECRET', 'secret')
await import('./migrate.ts')
const { application } = await import('./app.ts')

const url = 'http://localhost:8000'
const problems: unknown[] = []
const fetch = toFetch(lint(application), { errors: { write: (problem) => problems.push(problem) } })

afterEach(() => {
  expect(problems.splice(0)).toEqual([])
})

testSite(() => ({ url, fetch: (target, init) => fetch(new Request(target, init)) }))
