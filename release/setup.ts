/** Packs all packages and publishes them to a registry on loopback, once for all tests in this folder. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { environment } from './consumer.ts'
import { publishNew } from './publish.ts'
import { Registry } from './registry.ts'
import { packAll, type Tarball } from './tarballs.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    tarballs: Tarball[]
    /** The URL of the registry. */
    registry: string
    /** The names of the packages that have been published as in a release. */
    published: string[]
    /** A folder for the files of the tests. */
    scratch: string
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await using begun = new AsyncDisposableStack()
  const scratch = mkdtempSync(join(tmpdir(), 'tsgi-release-'))
  begun.defer(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }))
  const tarballs = packAll(scratch)
  const registry = begun.use(await Registry.start(scratch))
  for (const tarball of tarballs) if (tarball.name !== 'create-tsgi') await registry.add(tarball)
  // What is left is published as in a release.
  const published = await publishNew(tarballs, registry.url, publishEnvironment(scratch, registry.url))
  provide(
    'published',
    published.map(({ name }) => name),
  )
  provide('tarballs', tarballs)
  provide('registry', registry.url)
  provide('scratch', scratch)
  const all = begun.move()
  return () => all.disposeAsync()
}

/** Returns the environment in which npm publishes to the registry, which takes any token. */
export function publishEnvironment(scratch: string, registry: string): NodeJS.ProcessEnv {
  const token = `npm_config_${registry.replace('http:', '')}:_authToken`
  return { ...environment(scratch, registry), GITHUB_ACTIONS: 'false', [token]: 'anonymous' }
}
