/** Publishes tarballs. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Tarball } from './tarballs.ts'

const run = promisify(execFile)

/**
 * Publishes the tarballs whose versions the registry does not have yet, and returns those.
 *
 * @param registry The URL of the registry.
 * @param env The environment of npm. In GitHub Actions, npm signs in and attests the provenance with its variables.
 */
export async function publishNew(
  tarballs: readonly Tarball[],
  registry: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Tarball[]> {
  const published: Tarball[] = []
  for (const tarball of tarballs) {
    if (await isPublished(tarball, registry)) continue
    const provenance = env.GITHUB_ACTIONS === 'true' ? ['--provenance'] : []
    // A path that is not absolute could be taken for a repository on GitHub.
    const options = ['--access', 'public', '--registry', registry, '--loglevel', 'error', ...provenance]
    try {
      // Not synchronously: `fetch` must see when the registry closes its connection.
      await run('npm', ['publish', tarball.file, ...options], { env })
    } catch (error) {
      const { stderr } = error as { stderr: string }
      throw new Error(`npm could not publish ${tarball.name}@${tarball.version}:\n${stderr}`)
    }
    published.push(tarball)
  }
  return published
}

async function isPublished({ name, version }: Tarball, registry: string): Promise<boolean> {
  const response = await fetch(new URL(name.replace('/', '%2f'), registry))
  if (response.status === 404) return false
  if (!response.ok) throw new Error(`${registry} responded with ${response.status} to a request for ${name}`)
  const { versions } = (await response.json()) as { versions: object }
  return Object.hasOwn(versions, version)
}
