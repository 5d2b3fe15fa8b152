import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Command, fixtures } from '../../test/command.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-openapi-'))
})
afterAll(() => rm(folder, { recursive: true }))

const warning = `connected
tsgi: PUT /users/:id: body is documented as {}, because its library has no JSON Schema for it
tsgi: left out, because they have no args and no description: /
`

describe('tsgi openapi', () => {
  it('prints the document, and warnings for routes that are left out and schemas without a JSON Schema', async () => {
    using command = new Command('openapi', 'documented.ts')
    expect(await command.exit).toBe(0)
    expect(command.stderr).toBe(warning)
    expect(JSON.parse(command.stdout)).toMatchObject({
      openapi: '3.1.1',
      info: { title: 'tsgi', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
      paths: {
        '/users/{id}': {
          get: { summary: 'Returns a user' },
          put: { requestBody: { content: { 'application/json': { schema: {} } } } },
        },
      },
    })
  })

  it('ends without an error if nobody reads the document', async () => {
    using command = new Command('openapi', 'documented.ts')
    command.process.stdout!.destroy()
    expect(await command.exit).toBe(0)
    expect(command.stderr).toBe(warning)
  })

  it('writes the document of the application in tsgi.config.ts to a file', async () => {
    const out = join(folder, 'openapi.json')
    const app = join(fixtures, 'documented.ts')
    await writeFile(
      join(folder, 'tsgi.config.ts'),
      `console.log('read')\nexport default ${JSON.stringify({ app })}`,
    )
    using command = new Command({ cwd: folder }, 'openapi', '--all', '--out', 'openapi.json')
    expect(await command.exit).toBe(0)
    expect(command.stdout).toBe('')
    expect(command.stderr).not.toContain('left out')
    expect(Object.keys(JSON.parse(await readFile(out, 'utf8')).paths)).toEqual(['/', '/users/{id}'])
  })

  it.each([
    [['hello.ts'], 1, /^tsgi: hello\.ts: openapi: app must be a router/],
    [['documented.ts', '--out', '/nowhere/openapi.json'], 1, /\ntsgi: --out: ENOENT/],
    [[], 2, /^tsgi: openapi needs the FILE of an application, or 'app' in tsgi\.config\.ts\n/],
    [['a.ts', 'b.ts'], 2, /^tsgi: openapi takes one FILE, got 2\n/],
    [['documented.ts', '--uot', 'a'], 2, /^tsgi: openapi: unknown option '--uot', did you mean '--out'\?\n/],
  ])('reports a mistake in %j', async (args, code, message) => {
    using command = new Command('openapi', ...args)
    expect(await command.exit).toBe(code)
    expect(command.stderr).toMatch(message)
    expect(command.stderr).not.toMatch(/^\s+at /m)
    expect(command.stdout).toBe('')
  })
})
