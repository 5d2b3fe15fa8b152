import { readFileSync } from 'node:fs'

type Ranges = Readonly<Record<string, string>>

/** Reads a file of the package, or of the repository around it. */
function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
}

/** The versions that new projects get. They are the versions that the templates have been tested with. */
export function templateVersions(): Ranges {
  const ranges: Ranges = JSON.parse(read('package.json')).devDependencies
  return Object.fromEntries(
    Object.entries(ranges).map(([name, range]) => [name, publishedRange(name, range)]),
  )
}

/** Reports whether this is the package in a clone of the repository, and not the published one. */
export function isClone(): boolean {
  return import.meta.url.endsWith('.ts')
}

/** Returns the range that pnpm writes into the published package instead of one that names the workspace. */
function publishedRange(name: string, range: string): string {
  if (range.startsWith('workspace:')) {
    return `^${JSON.parse(read(`../${name.replace('@tsgi/', '')}/package.json`)).version}`
  }
  if (range !== 'catalog:') return range
  const [, version] = new RegExp(`^  "?${name}"?: (.+)$`, 'm').exec(read('../../pnpm-workspace.yaml')) ?? []
  return version!
}

/** Returns the package.json of a template with a name, without some packages, and with version ranges. */
export function fillManifest(
  template: string,
  name: string,
  isNeeded: (packageName: string) => boolean,
  versions: Ranges,
): string {
  const manifest = JSON.parse(template)
  manifest.name = name
  for (const key of ['dependencies', 'peerDependencies', 'devDependencies']) {
    if (manifest[key] === undefined) continue
    const names = Object.keys(manifest[key]).filter(isNeeded)
    manifest[key] = Object.fromEntries(names.map((each) => [each, versions[each]]))
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}
