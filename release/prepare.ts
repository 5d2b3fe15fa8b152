import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { homeOf } from '../scripts/sources.ts'
import { Consumer, type managers } from './consumer.ts'
import { firstExample, packagesToInstall } from './first-example.ts'

export interface Prepared {
  readonly consumer: Consumer
  /** The files to type-check. */
  readonly files: readonly string[]
  /** The file to run. */
  readonly example: string | undefined
}

/** Creates a project that has installed a package, and a module that imports each of its entries. */
export async function prepare(
  scratch: string,
  options: { folder: string; name: string; manager: keyof typeof managers; registry: string },
): Promise<Prepared> {
  const { folder, name, manager, registry } = options
  const consumer = new Consumer(scratch, `${folder} with ${manager}`, registry)
  const packages = packagesToInstall(folder, name)
  await consumer.install(manager, packages)
  const { exports } = JSON.parse(readFileSync(join(homeOf(folder), 'package.json'), 'utf8'))
  const entries = Object.keys(exports).map((entry) => join(name, entry))
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}'`)
  const names = entries.map((_, index) => `entry${index}`)
  consumer.write('entries.ts', `${imports.join('\n')}\nexport default [${names.join(', ')}]\n`)

  const example = firstExample(folder)
  if (example === undefined) return { consumer, files: ['entries.ts'], example: undefined }
  const others = example.packages.filter(
    // Without the version: `@types/express` of `@types/express@^5.0.0`.
    (each) => !packages.includes(each.replace(/(?<=.)@.*/, '')),
  )
  if (others.length > 0) await consumer.install(manager, others)
  consumer.write('example.ts', example.code)
  return { consumer, files: ['entries.ts', 'example.ts'], example: 'example.ts' }
}
