import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
// Inside the package, so that the programs resolve what it resolves.
const folder = join(import.meta.dirname, '../.build/large-program')

/** A router of patterns with two methods each. */
const routes = (patterns: number) => `import { args } from '@tsgi/args'
import { json } from '@tsgi/core'
import { router } from '@tsgi/router'
import { z } from 'zod'

const Person = z.object({ name: z.string(), age: z.number() })
export const app = router({
${lines(
  patterns,
  (n) => `  '/things${n}/:id': {
    GET: ({ params }) => json({ id: params.id }),
    POST: args({ summary: 'Creates a thing', body: Person, responses: { 201: Person } })(({ args, reply }) =>
      reply(201, args.body),
    ),
  },`,
)}
})
`
const calls = (source: string, count: number) => `import { createClient } from '@tsgi/client'
import { client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import type { app } from '${source}'

declare const application: typeof app
export const web = client(application)
const api = createClient<typeof app>('http://localhost')
export async function call() {
${lines(
  count,
  (n) => `  const name${n}: string = (
    await api.post('/things${n}/:id', { params: { id: '7' }, json: { name: 'Ada', age: ${n} } }).orThrow()
  ).name`,
)}
}
const mounted = () => router({ '/v1/*rest': router({ '/api/*rest': application }) })
const whole = createClient<ReturnType<typeof mounted>>('http://localhost')
export const thing = (id: string) => whole.get('/v1/api/things1/:id', { params: { id } })
export const wrong = () => api.post('/things0/:id', { params: { id: '7' }, json: { name: 'Ada' } })
`

function lines(count: number, line: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('\n')
}

/** Returns the errors in a file. */
async function check(file: string, ...flags: string[]): Promise<string[]> {
  const options = [
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--skipLibCheck',
    '--types',
    'node',
  ]
  const run = promisify(execFile)(
    join(root, 'node_modules/.bin/tsc'),
    [...options, '--ignoreConfig', '--allowImportingTsExtensions', ...flags, file],
    { cwd: folder, maxBuffer: 1e8 },
  )
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  return stdout.split('\n').filter((line) => line.includes('error TS'))
}

beforeAll(async () => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rm(folder, { recursive: true }))

describe('the types of a client', () => {
  it('can be checked for 1,000 handlers, with 200 calls and the test client', async () => {
    await writeFile(join(folder, 'routes.ts'), routes(500))
    await writeFile(join(folder, 'calls.ts'), calls('./routes.ts', 200))
    const errors = await check('calls.ts', '--noEmit')
    expect(errors).toEqual([expect.stringMatching(/^calls\.ts.+'age'|^calls\.ts.+TS2741/)])
  }, 60_000)

  it('are the same from the declarations of the server, without its handlers', async () => {
    await writeFile(join(folder, 'small.ts'), routes(2))
    const emit = ['--declaration', '--emitDeclarationOnly', '--rootDir', root, '--outDir', 'out']
    expect(await check('small.ts', ...emit, '--rewriteRelativeImportExtensions')).toEqual([])
    await writeFile(join(folder, 'remote.ts'), calls(`./out/${relative(root, folder)}/small.js`, 2))
    const errors = await check('remote.ts', '--noEmit')
    expect(errors).toEqual([expect.stringMatching(/^remote\.ts.+'age'|^remote\.ts.+TS2741/)])
  }, 60_000)
})
