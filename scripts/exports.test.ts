import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

interface PublicExport {
  readonly name: string
  readonly isType: boolean
  /** The doc comment before the declaration, `''` where there is none. */
  readonly doc: string
}

/** What an entry exports: declared in it, or taken by name from the files beside it. */
function exportsOf(file: string): PublicExport[] {
  const source = readFileSync(file, 'utf8')
  const own = [
    ...source.matchAll(
      /^export (?:declare )?(?:async )?(function\*?|(?:abstract )?class|const|interface|type) (\w+)/gm,
    ),
  ]
  const declared = own.map(([, kind, name]) => described(source, kind!, name!))
  const taken = [...source.matchAll(/^export (type )?\{([^}]*)\} from '([.#][^']+)'/gm)].flatMap(
    ([, typeOnly, names, from]) => {
      const wanted = names!.split(',').map(
        (name) =>
          name
            .trim()
            .replace(/^type /, '')
            .split(' as ')[0]!,
      )
      const available = exportsOf(
        join(dirname(file), from === '#response' ? 'light/response-node.ts' : from!),
      )
      return wanted.filter(Boolean).map((name) => {
        const found = available.find((candidate) => candidate.name === name)
        return { doc: '', ...found, name, isType: found?.isType || typeOnly !== undefined }
      })
    },
  )
  const unique = new Map([...declared, ...taken].reverse().map((entry) => [entry.name, entry]))
  return [...unique.values()]
}

function described(source: string, kind: string, name: string): PublicExport {
  // Of overloads, any one may carry the comment.
  const declarations = source.matchAll(
    new RegExp(
      `(?:(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/)\\n(?://.*\\n)*)?export (?:declare )?(?:async )?${kind.replace('*', '\\*')} ${name}\\b`,
      'g',
    ),
  )
  const doc =
    [...declarations].map(([, comment]) => comment ?? '').sort((a, b) => b.length - a.length)[0] ?? ''
  return { name, isType: kind === 'interface' || kind === 'type', doc }
}

const entries = globSync('packages/*/package.json', { cwd: root }).flatMap((file) => {
  const home = join(root, dirname(file))
  const { name, exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return Object.entries<string>(exports).map(([entry, source]) => ({
    entry: join(name, entry),
    file: join(home, source),
  }))
})

describe.each(entries.sort((a, b) => a.entry.localeCompare(b.entry)))('$entry', ({ file }) => {
  const exported = exportsOf(file)

  it('exports something, each with a doc comment', () => {
    expect(exported.length).toBeGreaterThan(0)
    expect(exported.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([])
  })

  it('shows an example of each function, class and value', () => {
    const bare = exported.filter(({ isType, doc }) => !isType && !/@example\n \* ```ts/.test(doc))
    expect(bare.map(({ name }) => name)).toEqual([])
  })
})
