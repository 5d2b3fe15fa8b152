import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Command } from '../../test/command.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-unloadable-'))
})
afterAll(() => rm(folder, { recursive: true }))

it.each([
  [
    'README.md',
    '# Title',
    /cannot be loaded, because Node only loads JavaScript and TypeScript without JSX: /,
  ],
  [
    'page.tsx',
    'export default () => <p/>',
    /because Node only loads JavaScript and TypeScript without JSX: /,
  ],
  ['data.json', '{}', /data\.json cannot be loaded, because JSON is not an application: /],
  ['syntax.ts', 'const x: = 1', /:\n\n.*syntax\.ts:1\nconst x: = 1\n +\^\n\nSyntaxError/],
  ['syntax.mjs', 'const x = = 1', /:\n\n.*syntax\.mjs:1\nconst x = = 1\n +\^\n\nSyntaxError/],
  ['syntax.cjs', 'const x = = 1', /:\n\n.*syntax\.cjs:1\nconst x = = 1\n +\^\n\nSyntaxError/],
  ['enum.ts', 'enum A { B }', /TypeScript enum is not supported in strip-only mode/],
  [
    'import.ts',
    "import './none.ts'",
    /import\.ts cannot be loaded: Cannot find module '.*none\.ts' imported from /,
  ],
  ['package.ts', "import 'no-such-package'", /Cannot find package 'no-such-package' imported from /],
  ['export.ts', "import { none } from 'node:fs'", /does not provide an export named 'none'/],
])('tsgi serve %s says why it cannot be loaded, without a stack', async (name, content, message) => {
  await writeFile(join(folder, name), content)
  const commands = [
    ['serve', name],
    ['serve', name, '--workers', '2', '--http', '127.0.0.1:0'],
    ['routes', name],
  ]
  const checks = commands.map(async (args) => {
    using command = new Command({ cwd: folder }, ...args)
    expect(await command.exit).toBe(1)
    expect(command.stderr).toMatch(new RegExp(`^tsgi: ${name} cannot be loaded`))
    expect(command.stderr).toMatch(message)
    expect(command.stderr).not.toMatch(/^\s+at /m)
  })
  await Promise.all(checks)
})
