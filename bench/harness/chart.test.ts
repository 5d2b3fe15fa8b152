import { expect, it } from 'vitest'
import { chart } from './chart.ts'
import type { Row } from './work.ts'

function row(contender: string, ...values: number[]): Row {
  return { contender, figures: { speed: { unit: 'requests/s', better: 'higher', values } }, errors: 0 }
}

const work = { name: 'hello', headline: 'speed' }
const panel = { work, result: { rows: [row('node-http', 1000), row('a<b', 500), row('tsgi', 2000)] } }
const widths = (svg: string) =>
  [...svg.matchAll(/class="(bar|ours)"[^>]* width="([\d.]+)"/g)].map((match) => [match[1], Number(match[2])])

it('draws a bar for each contender by its ratio to node:http, and highlights TSGI', () => {
  const bars = widths(chart([panel], 'a machine'))
  expect(bars.map(([kind]) => kind)).toEqual(['bar', 'bar', 'ours'])
  const [one, half, two] = bars.map(([, width]) => width as number)
  expect(half! / one!).toBeCloseTo(0.5, 1)
  expect(two! / one!).toBeCloseTo(2, 1)
})

it('escapes names', () => {
  const svg = chart([panel], 'CPU & <cores>')
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /)
  expect(svg).toContain('a&#60;b')
  expect(svg).toContain('CPU &#38; &#60;cores&#62;')
  const open = svg.match(/<(?:svg|text|tspan|title|style)\b/g)!.length
  expect(svg.match(/<\/(?:svg|text|tspan|title|style)>/g)).toHaveLength(open)
  expect(svg).not.toContain('NaN')
})

it('has a dark color scheme', () => {
  expect(chart([panel], '')).toContain('prefers-color-scheme: dark')
})

it('names the reference if node:http does not take part', () => {
  const peers = { work, result: { rows: [row('rou3', 10), row('tsgi', 20)] } }
  expect(chart([peers], '')).toContain('1 is rou3')
})

it('draws no bar for a contender that was not measured', () => {
  const lacking = { work, result: { rows: [row('node-http', 10), row('koa'), row('tsgi', 20)] } }
  expect(widths(chart([lacking], ''))[1]).toEqual(['bar', 0])
})

it('draws the interval of a ratio that was measured several times', () => {
  const rows = [row('node-http', 1000, 1000), row('tsgi', 2000, 1500)]
  const lines = [
    ...chart([{ work, result: { rows } }], '').matchAll(/class="range" x1="([\d.]+)" x2="([\d.]+)"/g),
  ]
  expect(lines).toHaveLength(1)
  const [from, to] = lines[0]!.slice(1).map(Number) as [number, number]
  expect(from).toBeLessThan(to)
})
