/**
 * Installs each package alone, as its README says, type-checks its entries and runs its first example. Here, the package
 * managers and runtimes take turns; `pnpm matrix` in this folder tries every combination.
 */
import { describe, expect, inject, it } from 'vitest'
import { keysOf, managers, resolutions, runsOn, runtimes } from './consumer.ts'
import { prepare } from './prepare.ts'

const registry = inject('registry')
const scratch = inject('scratch')
const packages = inject('tarballs').map(({ folder, name }, index) => ({ folder, name, index }))

describe.each(packages)('$name', ({ folder, name, index }) => {
  const turn = <Value>(values: readonly Value[]) => values[index % values.length]!
  const manager = turn(keysOf(managers))
  const runtime = turn(keysOf(runtimes))

  it(`works when ${manager} has installed it, on ${runtime}`, async () => {
    const { consumer, files, example } = await prepare(scratch, { folder, name, manager, registry })
    const checked = consumer.typeCheck('7', turn(keysOf(resolutions)), files)
    await expect(checked).resolves.toBeUndefined()
    if (example !== undefined && runsOn(folder, runtime))
      await expect(consumer.run(runtime, example)).resolves.toBeUndefined()
  }, 120_000)
})
