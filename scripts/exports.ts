/** The exports of the packages, and their documentation. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { homeOf, packageFolders, resolveImport } from './sources.ts'

export interface PublicExport {
  readonly name: string
  readonly isType: boolean
  /** The doc comment, or `''`. */
  readonly doc: string
}

export interface Entry {
  /** As a program imports it: `@tsgi/core/testing`. */
  readonly entry: string
  /** The package's folder name. */
  readonly folder: string
  readonly exported: readonly PublicExport[]
}

/** Returns every entry of every package. */
export function entriesOf(): Entry[] {
  const entries = packageFolders.flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(join(homeOf(folder), 'package.json'), 'utf8'))
    return Object.entries<string>(exports ?? {}).map(([entry, source]) => ({
      entry: join(name, entry),
      folder,
      exported: exportsOf(folder, join(homeOf(folder), source)),
    }))
  })
  return entries.sort((a, b) => a.entry.localeCompare(b.entry))
}

/** Returns the exports that a file declares or re-exports by name from its own package. */
function exportsOf(folder: string, file: string): PublicExport[] {
  const source = readFileSync(file, 'utf8')
  const declarations = source.matchAll(
    /^export (?:declare )?(?:async )?(function\*?|(?:abstract )?class|const|interface|type) (\w+)/gm,
  )
  const declared = [...declarations].map(([, kind, name]) => described(source, kind!, name!))
  const reexports = [...source.matchAll(/^export (type )?\{([^}]*)\} from '([.#][^']+)'/gm)].flatMap(
    ([, typeOnly, names, from]) => {
      const available = resolveImport(folder, file, from!).flatMap((path) => exportsOf(folder, path))
      return namesIn(names!).map(({ name, alias }) => {
        const candidates = available.filter((candidate) => candidate.name === name)
        const found = candidates.find(({ doc }) => doc !== '') ?? candidates[0]
        return { doc: '', ...found, name: alias, isType: found?.isType || typeOnly !== undefined }
      })
    },
  )
  return [...new Map([...reexports, ...declared].map((each) => [each.name, each])).values()]
}

/** Returns the names of a clause: `a, type B, c as d`. */
function namesIn(clause: string): { name: string; alias: string }[] {
  const parts = clause.split(',').map((part) => part.trim().replace(/^type /, ''))
  return parts.filter(Boolean).map((part) => {
    const [name = '', alias = name] = part.split(' as ')
    return { name, alias }
  })
}

function described(source: string, kind: string, name: string): PublicExport {
  // Any overload may carry the comment.
  const declarations = source.matchAll(
    new RegExp(
      `(?:(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/)\\n(?://.*\\n)*)?export (?:declare )?(?:async )?${kind.replace('*', '\\*')} ${name}\\b`,
      'g',
    ),
  )
  const comments = [...declarations].map(([, comment]) => comment ?? '')
  const [doc = ''] = comments.sort((a, b) => b.length - a.length)
  return { name, isType: kind === 'interface' || kind === 'type', doc }
}
