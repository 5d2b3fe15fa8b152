import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchAlone, folder, type Server, startServer } from './test/server.ts'
import { testSite } from './test/test-site.ts'

describe('served by tsgi with two workers', () => {
  let scratch = ''
  let server: Server

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'other-frameworks-'))
    const fakeGitHub = pathToFileURL(join(folder, 'test/fake-github.ts')).href
    const environment = (url: string) => ({
      AUTH_URL: url,
      AUTH_DATABASE: join(scratch, 'auth.sqlite'),
      GITHUB_CLIENT_ID: 'id',
      GITHUB_CLIENT_SECRET: 'secret',
      NODE_OPTIONS: `--import=${fakeGitHub}`,
    })
    await promisify(execFile)(process.execPath, [join(folder, 'migrate.ts')], {
      env: { ...process.env, ...environment('http://localhost') },
    })
    server = await startServer('app.ts', environment)
  }, 60_000)

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    await rm(scratch, { recursive: true })
  })

  testSite(() => ({ url: server.url, fetch: fetchAlone }))

  it('stops without having reported a problem', async () => {
    server.master.signal('SIGTERM')
    expect(await server.master.exit).toBe(0)
    const lines = server.master.output.trim().split('\n')
    expect(lines.filter((line) => !line.startsWith('tsgi: '))).toEqual([])
  })
})
