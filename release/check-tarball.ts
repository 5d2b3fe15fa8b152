/** Checks a tarball before it is published. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { homeOf } from '../scripts/sources.ts'
import type { Tarball } from './tarballs.ts'

/** Packages whose tarballs contain more than code. */
const extra: Readonly<Record<string, RegExp>> = { 'create-tsgi': /^templates\// }
const expected =
  /^(?:LICENSE|[A-Z]+\.md|package\.json|dist\/.+\.(?:js|d\.ts|map)|src\/.+(?:\.(?:sql|css|svg)|(?<!\.test)\.[jt]s))$/

/** Returns what is wrong with a tarball, one sentence each. */
export async function problemsOf(tarball: Tarball): Promise<string[]> {
  const files = filesOf(tarball)
  const manifest = JSON.parse(files.get('package.json') ?? '{}')
  const problems = [
    ...contentProblems(tarball, files),
    ...mapProblems(files),
    ...rangeProblems(manifest),
    ...(await publintProblems(tarball, manifest)),
    ...(await typeProblems(tarball)),
  ]
  return problems.map((problem) => `${tarball.name}: ${problem}`)
}

/** Returns the files in a tarball, as text, by their paths. */
function filesOf({ file }: Tarball): Map<string, string> {
  const tar = execFileSync('gzip', ['--decompress', '--stdout', file], { maxBuffer: 64 * 2 ** 20 })
  const files = new Map<string, string>()
  for (let offset = 0; offset + 512 <= tar.length; ) {
    // The fields of a ustar header, padded with zero bytes.
    const field = (start: number, end: number) =>
      tar.toString('latin1', offset + start, offset + end).split('\0', 1)[0]!
    const [name, prefix, size] = [field(0, 100), field(345, 500), Number.parseInt(field(124, 136), 8)]
    if (name === '') break
    const path = prefix === '' ? name : `${prefix}/${name}`
    const content = offset + 512
    files.set(path.replace(/^package\//, ''), tar.toString('utf8', content, content + size))
    offset = content + Math.ceil(size / 512) * 512
  }
  return files
}

function contentProblems({ folder, version }: Tarball, files: ReadonlyMap<string, string>): string[] {
  const needed = ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts']
  // Before its first release, a package has no changelog.
  const changelog = existsSync(join(homeOf(folder), 'CHANGELOG.md')) ? ['CHANGELOG.md'] : []
  const unexpected = [...files.keys()].filter((path) => !expected.test(path) && !extra[folder]?.test(path))
  const isStale = changelog.length > 0 && !files.get('CHANGELOG.md')?.includes(`\n## ${version}\n`)
  return [
    ...[...needed, ...changelog].filter((path) => !files.has(path)).map((path) => `${path} is missing`),
    ...unexpected.map((path) => `${path} should not be published`),
    ...(isStale ? [`CHANGELOG.md has no section ${version}`] : []),
  ]
}

function mapProblems(files: ReadonlyMap<string, string>): string[] {
  const maps = [...files].filter(([path]) => path.endsWith('.map'))
  return maps.flatMap(([path, text]) => {
    const sources: string[] = JSON.parse(text).sources
    const missing = sources.filter((source) => !files.has(normalize(join(dirname(path), source))))
    return missing.map((source) => `${path} leads to ${source}, which is not published`)
  })
}

function rangeProblems({ dependencies, peerDependencies }: Record<string, Record<string, string>>): string[] {
  const ranges = Object.entries({ ...dependencies, ...peerDependencies })
  const wrong = ranges.filter(([, range]) => !/^\^\d/.test(range))
  return wrong.map(([name, range]) => `depends on ${name} ${range}, which is not a range such as ^1.0.0`)
}

async function publintProblems({ file }: Tarball, manifest: Record<string, unknown>): Promise<string[]> {
  const { buffer, byteOffset, byteLength } = readFileSync(file)
  const tarball = (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength)
  const { messages } = await publint({ pack: { tarball }, level: 'warning', strict: true })
  // The templates of create-tsgi are packages, too.
  const relevant = messages.filter(({ code }) => code !== 'NESTED_PACKAGE_JSON_FIELD_IGNORED')
  return relevant.map((message) => `publint: ${formatMessage(message, manifest, { color: false })}`)
}

/** The packages are modules only: that `require` does not find them is intended. */
const irrelevant: ReadonlySet<Problem['kind']> = new Set(['CJSResolvesToESM'])

async function typeProblems({ file }: Tarball): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(file)))
  if (result.types === false) return ['attw: there are no types']
  const problems = result.problems.filter(
    (problem) =>
      !irrelevant.has(problem.kind) && !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
  )
  return problems.map((problem) => `attw: ${JSON.stringify(problem)}`)
}
