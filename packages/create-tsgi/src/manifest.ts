import { readFileSync } from 'node:fs'

type Ranges = Readonly<Record<string, string>>

/** The versions that new projects get. They are the versions that the templates have been tested with. */
export function templateVersions(): Ranges {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).devDependencies
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
