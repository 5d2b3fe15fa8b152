/** Checks the published declarations of all packages together, with the oldest TypeScript that they support. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { homeOf, root } from '../scripts/sources.ts'
import { compilers } from './consumer.ts'

const tarballs = inject('tarballs')
const folder = join(inject('scratch'), 'declarations')
const modules = join(folder, 'node_modules')

/** Links a package from where this repository has it. */
function link(name: string, from: string): void {
  const [target, path] = [join(from, 'node_modules', name), join(modules, name)]
  if (existsSync(path) || !existsSync(target)) return
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}

it('can be checked with TypeScript 5.9, without the declarations of the DOM', () => {
  const imports: string[] = []
  for (const { folder: home, name, file } of tarballs) {
    const installed = join(modules, name)
    mkdirSync(installed, { recursive: true })
    execFileSync('tar', ['-xzf', file, '-C', installed, '--strip-components', '1'])
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    const needed = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies }
    for (const other of Object.keys(needed)) if (!/^(?:@tsgi\/|tsgi$)/.test(other)) link(other, homeOf(home))
    const entries = Object.keys(manifest.exports).map((entry) => join(name, entry))
    for (const entry of entries) imports.push(`export * as entry${imports.length} from '${entry}'`)
  }
  link('@types/node', root)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'entries.ts'), imports.join('\n'))
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    'false',
    '--types',
    'node',
    '--module',
    'nodenext',
  ]
  const language = ['--target', 'es2024', '--lib', 'es2024,esnext.disposable']
  const args = [compilers['5.9'], ...options, ...language, 'entries.ts']
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  expect(stdout).toBe('')
}, 120_000)
