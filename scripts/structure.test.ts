import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cyclesOf, type Graph, grouped } from './graph.ts'
import { homeOf, importsOf, packageFolders, resolveImport, sourcesOf } from './sources.ts'

const maxFiles = 15
const maxLines = 200

describe.each(packageFolders)('packages/%s', (folder) => {
  const source = join(homeOf(folder), 'src')
  const files = sourcesOf(folder)
  const imports = importGraph(folder, files)

  it('has no import cycle, not even of types', () => {
    expect(cyclesOf(imports).map((cycle) => cycle.join(' → '))).toEqual([])
  })

  it('has folders whose imports point one way', () => {
    expect(levelsOf(files).flatMap((level) => foldersInCycles(imports, level))).toEqual([])
  })

  it(`has at most ${maxFiles} source files in a folder`, () => {
    const counts = Map.groupBy(files, (file) => dirname(file))
    const crowded = [...counts].filter(([, inside]) => inside.length > maxFiles)
    expect(crowded.map(([path, inside]) => `src/${path} has ${inside.length} files`)).toEqual([])
  })

  it(`has no source file of more than ${maxLines} lines`, () => {
    const lengths = files.map((file) => ({ file, lines: linesOf(join(source, file)) }))
    const long = lengths.filter(({ lines }) => lines > maxLines)
    expect(long.map(({ file, lines }) => `src/${file} has ${lines} lines`)).toEqual([])
  })
})

function importGraph(folder: string, files: readonly string[]): Graph {
  const source = join(homeOf(folder), 'src')
  const targets = (file: string) =>
    importsOf(join(source, file))
      .flatMap((name) => resolveImport(folder, join(source, file), name))
      .map((path) => relative(source, path))
      .filter((path) => path.endsWith('.ts'))
  return new Map(files.map((file) => [file, new Set(targets(file))]))
}

/** Each folder that has folders inside: `['.', 'response', …]`. */
function levelsOf(files: readonly string[]): string[] {
  const folders = new Set(files.map((file) => dirname(file)).filter((path) => path !== '.'))
  return [...new Set([...folders].map((path) => dirname(path)))].sort()
}

/**
 * The cycles between the folders directly inside `level`, where the files directly inside it count as one more folder.
 * Each is a list of imports, one for each arrow.
 */
function foldersInCycles(imports: Graph, level: string): string[] {
  const inside = (file: string) => level === '.' || file.startsWith(`${level}/`)
  const own = new Map([...imports].filter(([file]) => inside(file)))
  const groupOf = (file: string) => {
    if (!inside(file)) return 'elsewhere'
    const rest = level === '.' ? file : file.slice(level.length + 1)
    return join(level, rest.includes('/') ? rest.split('/')[0]! : '*.ts')
  }
  return cyclesOf(grouped(own, groupOf)).map((cycle) =>
    cycle
      .slice(1)
      .map((group, index) =>
        exampleOf(
          own,
          (file) => groupOf(file) === cycle[index],
          (file) => groupOf(file) === group,
        ),
      )
      .join(', but '),
  )
}

function exampleOf(imports: Graph, from: (file: string) => boolean, to: (file: string) => boolean): string {
  for (const [file, targets] of imports)
    for (const target of targets) if (from(file) && to(target)) return `${file} imports ${target}`
  throw new Error('There is no such import')
}

function linesOf(file: string): number {
  return readFileSync(file, 'utf8').split('\n').length - 1
}
