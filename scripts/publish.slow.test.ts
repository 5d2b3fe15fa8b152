import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { homeOf, packageFolders, root } from './sources.ts'

const bin = join(root, 'node_modules/.bin')
const consumer = mkdtempSync(join(tmpdir(), 'tsgi-consumer-'))

interface Manifest {
  name: string
  exports: Record<string, { types: string; default: string }>
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

function nameOf(folder: string): string {
  return JSON.parse(readFileSync(join(homeOf(folder), 'package.json'), 'utf8')).name
}

/** Every entry of every package, as a program imports it: `@tsgi/core/testing`. */
const entries: string[] = []

/** Installs the packages as `npm publish` would upload them. */
beforeAll(() => {
  execFileSync(join(bin, 'tsc'), ['--build', 'tsconfig.build.json'], { cwd: root })
  for (const folder of packageFolders) {
    const tarball = execFileSync(join(bin, 'pnpm'), ['pack', '--pack-destination', consumer], {
      cwd: homeOf(folder),
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .at(-1)!
    const name = nameOf(folder)
    const home = join(consumer, 'node_modules', name)
    mkdirSync(home, { recursive: true })
    execFileSync('tar', [
      '-xzf',
      join(consumer, tarball.split('/').at(-1)!),
      '-C',
      home,
      '--strip-components=1',
    ])
    const manifest: Manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    for (const entry of Object.keys(manifest.exports)) entries.push(join(name, entry))
    // npm installs peers, too.
    for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      // Our own packages are unpacked, too. A link would lead back into this repository.
      if (dependency.startsWith('@tsgi/')) continue
      const link = join(consumer, 'node_modules', dependency)
      mkdirSync(dirname(link), { recursive: true })
      rmSync(link, { force: true })
      symlinkSync(join(homeOf(folder), 'node_modules', dependency), link)
    }
  }
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }')
}, 120_000)

afterAll(() => rmSync(consumer, { recursive: true }))

describe('the published packages', () => {
  it('contain their license, README, built files and sources, and nothing else', () => {
    for (const folder of packageFolders) {
      const home = join(consumer, 'node_modules', nameOf(folder))
      const entries = readdirSync(home, { recursive: true, withFileTypes: true })
      const files = entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => relative(home, join(parentPath, name)))
      expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'src/index.ts']))
      const expected =
        /^(?:LICENSE|[A-Z]+\.md|package\.json|dist\/.+\.(?:js|d\.ts|map)|src\/.+(?<!\.test)\.ts)$/
      expect(files.filter((file) => !expected.test(file))).toEqual([])
    }
  })

  it('depend on version ranges, not on the workspace or the catalog', () => {
    for (const folder of packageFolders) {
      const home = join(consumer, 'node_modules', nameOf(folder))
      const { dependencies, peerDependencies }: Manifest = JSON.parse(
        readFileSync(join(home, 'package.json'), 'utf8'),
      )
      for (const range of Object.values({ ...dependencies, ...peerDependencies }))
        expect(range).toMatch(/^\^\d/)
    }
  })

  it('can be imported in Node, every entry', () => {
    const program = `${entries.map((entry) => `await import('${entry}')`).join('\n')}\nconsole.log('imported')`
    writeFileSync(join(consumer, 'program.mjs'), program)
    expect(execFileSync('node', ['program.mjs'], { cwd: consumer, encoding: 'utf8' })).toBe('imported\n')
  })

  it('type-check in a strict program without skipLibCheck', () => {
    writeFileSync(
      join(consumer, 'program.ts'),
      `${entries.map((entry, index) => `import * as entry${index} from '${entry}'`).join('\n')}
import { text, type Application } from '@tsgi/core'
export const application: Application = () => text('Hello')
export default [${entries.map((_, index) => `entry${index}`).join(', ')}]
`,
    )
    mkdirSync(join(consumer, 'node_modules/@types'), { recursive: true })
    symlinkSync(join(root, 'node_modules/@types/node'), join(consumer, 'node_modules/@types/node'))
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']
    const check = () =>
      execFileSync(join(bin, 'tsc'), [...options, 'program.ts'], { cwd: consumer, encoding: 'utf8' })
    try {
      check()
    } catch (error) {
      expect.fail((error as { stdout: string }).stdout)
    }
  }, 60_000)
})
