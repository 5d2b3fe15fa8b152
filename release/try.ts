/**
 * `pnpm try`: serves the packages as they would be published, until Ctrl+C. In another terminal, tell your package manager
 * to use the registry, and follow the tutorial in an empty folder.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Registry } from './registry.ts'
import { packAll } from './tarballs.ts'

const scratch = mkdtempSync(join(tmpdir(), 'tsgi-try-'))
const tarballs = packAll(scratch)
const registry = await Registry.start(scratch)
for (const tarball of tarballs) await registry.add(tarball)
console.log(`The packages are on ${registry.url}. In another terminal:

  export npm_config_registry=${registry.url} YARN_REGISTRY=${registry.url} BUN_CONFIG_REGISTRY=${registry.url}

Press Ctrl+C to stop.`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await registry[Symbol.asyncDispose]()
    rmSync(scratch, { recursive: true, force: true })
    process.exit()
  })
}
