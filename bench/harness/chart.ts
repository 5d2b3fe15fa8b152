/** The results as an SVG chart: one panel per work, one bar per contender, for light and dark pages. */
import { baseline, isOurs } from './contenders.ts'
import { formatNumber, formatRatio } from './numbers.ts'
import { median, type Ratio, ratio, reference } from './statistics.ts'
import type { Row, Work, WorkResult } from './work.ts'

export interface Panel {
  work: Pick<Work, 'name' | 'headline'>
  result: Pick<WorkResult, 'rows'>
}

const panel = { width: 430, gap: 32, title: 54, row: 22, labels: 92, values: 140 }
const margin = 24
/** Position of the first line of the heading, and the line height. */
const head = { first: 50, line: 17 }
/** Characters of small text per pixel. */
const charactersAPixel = 1 / 6.4

const style = `
  .back { fill: #ffffff; stroke: #d8dee4 }
  .text { fill: #1f2328 }
  .quiet { fill: #59636e }
  .bar { fill: #afb8c1 }
  .ours { fill: #1a7f37 }
  .line { stroke: #1f2328; stroke-dasharray: 2 3 }
  .range { stroke: #1f2328; stroke-width: 1.5 }
  text { font: 12px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif }
  .title { font-size: 15px; font-weight: 600 }
  .us { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117; stroke: #30363d }
    .text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .bar { fill: #57606a }
    .ours { fill: #3fb950 }
    .line, .range { stroke: #e6edf3 }
  }
`

/** Returns an SVG document. `machine` describes on one line where the results come from. */
export function chart(panels: readonly Panel[], machine: string): string {
  const columns = Math.min(2, Math.max(1, panels.length))
  const width = 2 * margin + columns * panel.width + (columns - 1) * panel.gap
  const about = wrap(machine, (width - 2 * margin) * charactersAPixel)
  const lines: Panel[][] = []
  for (let index = 0; index < panels.length; index += 2) lines.push(panels.slice(index, index + 2))
  let top = head.first + about.length * head.line + 8
  const drawn = lines.map((line) => {
    const group = line.map((each, column) =>
      drawPanel(each, margin + column * (panel.width + panel.gap), top),
    )
    top += Math.max(...line.map(({ result }) => panel.title + result.rows.length * panel.row)) + panel.gap
    return group.join('')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" role="img">
<title>TSGI beside its peers</title>
<style>${style}</style>
<rect class="back" x="0.5" y="0.5" width="${width - 1}" height="${top - 1}" rx="8"/>
<text class="text title" x="${margin}" y="30">As a ratio to ${baseline}: longer is better; lines show the interval of each ratio</text>
${about.map((line, index) => `<text class="quiet" x="${margin}" y="${head.first + index * head.line}">${escapeXml(line)}</text>`).join('\n')}
${drawn.join('')}</svg>
`
}

function drawPanel({ work, result }: Panel, left: number, top: number): string {
  const { rows } = result
  const to = reference(rows, work.headline)
  const ratios = rows.map((row) => ratioOf(row, to, work.headline))
  const longest = Math.max(1, ...ratios.map(({ high }) => high).filter(Number.isFinite))
  const scale = (panel.width - panel.labels - panel.values) / longest
  const start = left + panel.labels
  const one = (start + scale).toFixed(1)
  const bars = rows.map((row, index) =>
    drawRow(row, ratios[index]!, { work, left, scale, y: top + panel.title + index * panel.row }),
  )
  const bottom = top + panel.title + rows.length * panel.row - 4
  return `<text class="text title" x="${left}" y="${top + 16}">${escapeXml(work.name)}</text>
<text class="quiet" x="${left}" y="${top + 34}">${escapeXml(subtitle(work, to))}</text>
${bars.join('')}<line class="line" x1="${one}" x2="${one}" y1="${top + panel.title - 6}" y2="${bottom}"/>
`
}

interface Place {
  work: Panel['work']
  left: number
  /** Pixels per ratio of 1. */
  scale: number
  y: number
}

function drawRow(row: Row, { value: ratio, low, high }: Ratio, { work, left, scale, y }: Place): string {
  const ours = isOurs(row.contender) && row.apart === undefined
  const figure = row.figures[work.headline]
  const length = Number.isFinite(ratio) ? Math.max(1, ratio * scale) : 0
  const start = left + panel.labels
  const right = left + panel.width
  const middle = y + 8
  const range =
    low < high
      ? `<line class="range" x1="${(start + low * scale).toFixed(1)}" x2="${(start + high * scale).toFixed(1)}" y1="${middle}" y2="${middle}"/>`
      : ''
  const value =
    figure === undefined ? '–' : `${formatNumber(median(figure.values))} ${shortUnit(figure.unit)}`
  return `<text class="text${ours ? ' us' : ''}" x="${left}" y="${y + 12}">${escapeXml(row.contender)}</text>
<rect class="${ours ? 'ours' : 'bar'}" x="${start}" y="${y}" width="${length.toFixed(1)}" height="16" rx="2"/>${range}
<text class="text${ours ? ' us' : ''}" text-anchor="end" x="${right - 90}" y="${y + 12}">${formatRatio(ratio)}</text>
<text class="quiet" text-anchor="end" x="${right}" y="${y + 12}">${escapeXml(value)}</text>
`
}

function ratioOf(row: Row, to: Row | undefined, headline: string): Ratio {
  const [figure, other] = [row.figures[headline], to?.figures[headline]]
  return figure === undefined || other === undefined ? unknown : ratio(figure, other)
}

const unknown: Ratio = { value: Number.NaN, low: Number.NaN, high: Number.NaN, isCertain: false }

function subtitle({ headline }: Panel['work'], to: Row | undefined): string {
  return to === undefined || to.contender === baseline ? headline : `${headline}; 1 is ${to.contender}`
}

/** Wraps the text to a number of characters per line, between its parts. */
function wrap(text: string, characters: number): string[] {
  const lines: string[] = []
  for (const part of text.split(' · ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + part.length + 3 <= characters)
      lines[lines.length - 1] = `${last} · ${part}`
    else lines.push(part)
  }
  return lines
}

function shortUnit(unit: string): string {
  return unit === 'requests/s' ? '/s' : unit
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
