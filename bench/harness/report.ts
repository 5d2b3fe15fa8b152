/** Writes charts and tables from the saved results. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chart, type Panel } from './chart.ts'
import { bench } from './contenders.ts'
import { machineLine } from './machine.ts'
import { readResult, resultsFolder, type SavedResult, savedNodes } from './results.ts'
import { describeStanding, describeTarget, type Standing, standings } from './standing.ts'
import { starved } from './statistics.ts'
import { cellsOf, comparisons, headerOf, notesOf } from './table.ts'
import type { Row, Work } from './work.ts'

interface Saved {
  work: Work
  result: SavedResult
}

/**
 * Returns the files that show the saved results, by path.
 *
 * @param claims The names of the works in the README.
 */
export function reportFiles(
  works: readonly Work[],
  claims: readonly string[],
  folder: string = resultsFolder,
): Map<string, string> {
  const nodes = savedNodes(folder).map((node) => ({ node, saved: savedOf(works, node, folder) }))
  const claimed = nodes
    .map(({ saved }) => ({
      claims: saved.filter(({ work }) => claims.includes(work.name)),
      overhead: saved.find(({ work }) => work.name === 'overhead')?.result.rows ?? [],
    }))
    .filter(({ claims }) => claims.length > 0)
  const readme = join(bench, 'README.md')
  const table = claimed.map(({ claims, overhead }) => claimsTable(claims, overhead)).join('\n')
  const files = new Map([
    [readme, replaceBetweenMarks(readFileSync(readme, 'utf8'), table)],
    [join(folder, 'README.md'), resultsPage(nodes.flatMap(({ saved }) => saved))],
  ])
  for (const { node, saved } of nodes) {
    const panels = saved.map(({ work, result }) => ({ work, result }))
    files.set(join(folder, `node-${node}.svg`), chart(panels, sourceOf(saved)))
  }
  const charted = claimed.map(({ claims }) => claims)
  if (charted.length > 0) files.set(join(folder, 'requests.svg'), claimsChart(charted))
  return files
}

export function writeReport(works: readonly Work[], claims: readonly string[]): void {
  for (const [path, text] of reportFiles(works, claims)) writeFileSync(path, text)
}

function savedOf(works: readonly Work[], node: string, folder: string): Saved[] {
  return works.flatMap((work) => {
    const result = readResult(work.name, node, folder)
    return result === undefined ? [] : { work, result }
  })
}

/** One column per version of Node. */
function claimsChart(byNode: readonly (readonly Saved[])[]): string {
  const names = [...new Set(byNode.flat().map(({ work }) => work.name))]
  const panels = names.flatMap((name) =>
    byNode.flatMap((saved) =>
      saved
        .filter(({ work }) => work.name === name)
        .map(({ work, result }): Panel => {
          const title = `${name}, Node ${result.machine.node.slice(1)}`
          return { work: { name: title, headline: work.headline }, result }
        }),
    ),
  )
  return chart(panels, sourceOf(byNode.flat()))
}

/** Describes the machine, and when it measured. */
function sourceOf(saved: readonly Saved[]): string {
  const dates = saved.map(({ result }) => result.date.slice(0, 10)).sort()
  const machine = saved.at(-1)?.result.machine
  if (machine === undefined) return ''
  const [first, last] = [dates[0], dates.at(-1)]
  const node = [...new Set(saved.map(({ result }) => result.machine.node))].join(' and ')
  return `${machineLine({ ...machine, node })} · ${first === last ? first : `${first} to ${last}`}`
}

/** The table of the README: ours against the best framework. */
function claimsTable(saved: readonly Saved[], overhead: readonly Row[]): string {
  const rows = saved.flatMap(({ work: { name, targets }, result: { rows } }) =>
    standings(rows, 'requests/s').map((standing) => {
      const { contender } = standing
      const target = targets.find(({ of = 'tsgi' }) => of === contender)
      const outcome = target && describeTarget(rows, target)
      return [
        `\`${name}\``,
        contender,
        inCell(standing),
        inCell(standings(rows, 'CPU per request').find((each) => each.contender === contender)),
        inCell(standings(overhead, name).find((each) => each.contender === contender)),
        outcome === undefined ? '' : `${target!.atLeast}: ${outcome.verdict}`,
      ]
    }),
  )
  const header = ['work', 'server', 'requests/s', 'CPU per request', 'without sockets', 'target']
  const notes = saved.flatMap(({ work: { name }, result: { rows } }) =>
    starved(rows).map((note) => `In \`${name}\`, ${note}.`),
  )
  return `${[`Node ${saved[0]!.result.machine.node.slice(1)}:`, markdownTable(header, rows), ...notes].join('\n\n')}\n`
}

function inCell(standing: Standing | undefined): string {
  return standing === undefined ? '' : `${describeStanding(standing)} (${standing.against})`
}

function resultsPage(saved: readonly Saved[]): string {
  const nodes = Map.groupBy(saved, ({ result }) => result.machine.node)
  const sections = [...nodes].map(([node, saved]) => {
    const works = saved.map(({ work, result: { rows, notes } }) => {
      const { name, about, targets } = work
      const header = headerOf(rows)
      const reached = targets.flatMap((target) => {
        const outcome = describeTarget(rows, target)
        const { figure, of = 'tsgi', atLeast } = target
        if (outcome === undefined) return []
        return `Target for ${of}: ${figure} ≥ ${atLeast}: ${outcome.text}${outcome.against === undefined ? '' : ` (${outcome.against})`}`
      })
      const lines = [...comparisons(rows, work), ...reached, ...notesOf(rows, notes)]
      return `### ${name}

${about}

${markdownTable(
  header,
  rows.map((row) => cellsOf(row, rows)),
)}

${lines.map((line) => `* ${line}`).join('\n')}
`
    })
    return `## Node ${node.slice(1)}

![Ratios, one panel per work](node-${node.slice(1).split('.')[0]}.svg)

${sourceOf(saved)}.

${works.join('\n')}`
  })
  return `# Results

\`npm run bench -- --save\` writes this page and its charts from the files in the folders beside it. [The benchmark's README](../README.md) describes the works and how to read the figures: medians of several processes, ± the median absolute deviation, and how many times better than the reference.

${sections.join('\n')}`
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

const marks = ['<!-- results -->', '<!-- end of results -->'] as const

function replaceBetweenMarks(text: string, inner: string): string {
  const [start, end] = marks.map((mark) => text.indexOf(mark)) as [number, number]
  if (start === -1 || end < start) throw new Error(`README.md has no ${marks.join(' … ')}`)
  return `${text.slice(0, start + marks[0].length)}\n\n${inner}\n${text.slice(end)}`
}
