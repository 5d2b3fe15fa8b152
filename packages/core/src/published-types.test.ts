import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const core = join(import.meta.dirname, '..')
const tsc = join(core, '../../node_modules/.bin/tsc')
mkdirSync(join(core, '.build'), { recursive: true })
const folder = mkdtempSync(join(core, '.build', 'published-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function run(...args: string[]): string {
  try {
    return execFileSync(tsc, [...args, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

const program = `
  import { type Application, errorResponse, fromFetch, handle, HttpError, html, json, lint, mapBody, mapText, mount, redirect,
    sse, stack, stream, text, toFetch, withHeaders } from '@tsgi/core'
  import { createEnviron, plainParts } from '@tsgi/core/gateway'
  import { client, testEnviron } from '@tsgi/core/testing'

  const application: Application = async ({ request, headers }) => {
    if (headers.get('x-a') === null) throw new HttpError(400, 'No X-A', { headers: { 'x-b': '1' }, cause: 1 })
    return json(await request.json(), { status: 201, headers: { 'x-b': '2' } })
  }
  const fetch: (request: Request) => Promise<Response> = toFetch(application)
  const response: Response = await client(application, { headers: [['a', 'b']] }).post('/', { json: 1, headers: { a: 'b' } })
  const changed: Response = withHeaders(response, new Headers({ a: 'b' }))
  const bytes: Response = mapBody(stream(['a']), (body) => body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>()))
  export { bytes, changed, createEnviron, errorResponse, fetch, fromFetch, handle, html, lint, mapText, mount, plainParts,
    redirect, sse, stack, testEnviron, text }
`

it('type-checks in programs that have the types of Node and not those of the DOM', () => {
  const installed = join(folder, 'node_modules/@tsgi/core')
  mkdirSync(installed, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8'))
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ ...manifest, ...manifest.publishConfig }))
  const outDir = join(installed, 'dist')
  const built = run(
    ...['-p', join(core, 'tsconfig.build.json'), '--outDir', outDir],
    ...['--tsBuildInfoFile', join(folder, 'info'), '--emitDeclarationOnly'],
  )
  expect(built).toBe('')

  writeFileSync(join(folder, 'program.ts'), program)
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
  expect(run('-p', folder)).toBe('')
}, 60_000)
