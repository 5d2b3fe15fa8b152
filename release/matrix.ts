/**
 * `pnpm matrix`: installs each package with every package manager, type-checks it with every compiler, and runs its first
 * example on every runtime. Then creates, installs and tests projects with every package manager. Takes about 15 minutes on two idle cores. Pass names to try only these packages: `pnpm matrix core router`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compilers, keysOf, managers, resolutions, runsOn, runtimes } from './consumer.ts'
import { createCommands, createProject, installAndTest } from './create-project.ts'
import { prepare } from './prepare.ts'
import { Registry } from './registry.ts'
import { Shell } from './shell.ts'
import { packAll } from './tarballs.ts'

const chosen = process.argv.slice(2)
const scratch = mkdtempSync(join(tmpdir(), 'tsgi-matrix-'))
const failures: string[] = []
let passed = 0

async function attempt(what: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action()
    passed++
  } catch (error) {
    failures.push(what)
    console.error(`✗ ${what}\n${error instanceof Error ? error.message : error}\n`)
  }
}

/** Creates, installs and tests a project of each kind with each package manager, on each Node in turn. */
async function createEverything(registry: string): Promise<void> {
  const nodes = ['Node 22.18', 'Node 24', 'Node 26'] as const
  let turn = 0
  for (const manager of keysOf(createCommands)) {
    for (const kind of ['site', 'api', 'middleware']) {
      const node = nodes[turn++ % nodes.length]!
      await attempt(`${manager} creates a project of the kind ${kind} on ${node}`, async () => {
        const shell = new Shell(scratch, registry, node)
        await createProject(shell, manager, kind)
        await installAndTest(shell, manager)
      })
    }
    turn++
  }
}

try {
  const tarballs = packAll(scratch)
  await using registry = await Registry.start(scratch)
  for (const tarball of tarballs) await registry.add(tarball)
  for (const { folder, name } of tarballs) {
    if (chosen.length > 0 && !chosen.includes(folder)) continue
    for (const manager of keysOf(managers)) {
      await attempt(`${name} with ${manager}`, async () => {
        const { consumer, files, example } = await prepare(scratch, {
          folder,
          name,
          manager,
          registry: registry.url,
        })
        const check = (compiler: keyof typeof compilers, resolution: keyof typeof resolutions) =>
          attempt(`${name} with ${manager}, TypeScript ${compiler}, ${resolution}`, () =>
            consumer.typeCheck(compiler, resolution, files),
          )
        // The package managers install the same files, but pnpm arranges them in another way.
        if (manager === 'pnpm') await check('7', 'nodenext')
        if (manager === 'npm') {
          for (const compiler of keysOf(compilers)) {
            for (const resolution of keysOf(resolutions)) await check(compiler, resolution)
          }
        }
        for (const runtime of keysOf(runtimes)) {
          if (example === undefined || !runsOn(folder, runtime)) continue
          await attempt(`${name} with ${manager} on ${runtime}`, () => consumer.run(runtime, example))
        }
      })
    }
    console.log(`${name}: ${passed} passed, ${failures.length} failed so far`)
  }
  if (chosen.length === 0 || chosen.includes('create-tsgi')) await createEverything(registry.url)
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
}
console.log(`${passed} passed, ${failures.length} failed${failures.map((what) => `\n  ${what}`).join('')}`)
process.exitCode = failures.length === 0 ? 0 : 1
