import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { claims, works } from '../works.ts'
import { reportFiles } from './report.ts'
import { readResult, type SavedResult, savedNodes, saveResult } from './results.ts'
import type { Row } from './work.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsgi-results-'))
afterAll(() => rmSync(folder, { recursive: true }))

function row(contender: string, perSecond: number[], cpu: number[]): Row {
  return {
    contender,
    figures: {
      'requests/s': { unit: 'requests/s', better: 'higher', values: perSecond },
      'CPU per request': { unit: 'µs', better: 'lower', values: cpu },
    },
    errors: 0,
  }
}

function result(node: string, tsgi: number): SavedResult {
  const cpu = 'a CPU'
  const steady = (value: number) => Array.from({ length: 5 }, () => value)
  const around = (value: number) => [0.98, 0.99, 1, 1.01, 1.02].map((factor) => value * factor)
  return {
    date: '2026-11-29T05:00:00.000Z',
    machine: { cpu, cores: 2, memory: 8, os: 'Linux', node, generator: 'wrk 4', pinning: 'pinned' },
    versions: { fastify: 'fastify 5.12.8' },
    rows: [
      row('node-http', steady(50_000), steady(20)),
      row('fastify', steady(40_000), steady(25)),
      row('koa', steady(20_000), steady(50)),
      row('tsgi', around(tsgi), around(25)),
      row('tsgi (engine)', around(80_000), around(12.5)),
    ],
    notes: ['a note'],
  }
}

const overhead = Object.entries({ fastify: 8, tsgi: 2, 'tsgi (engine)': 1 }).map(
  ([contender, time]): Row => ({
    contender,
    figures: Object.fromEntries(
      ['hello', 'params', 'validate', 'stack'].map((work) => [
        work,
        { unit: 'µs', better: 'lower' as const, values: Array.from({ length: 5 }, () => time) },
      ]),
    ),
    errors: 0,
  }),
)

it('saves one file per work and major version of Node, and replaces it', () => {
  saveResult('hello', result('v24.21.0', 1), folder)
  saveResult('hello', result('v24.21.0', 40_000 / 3), folder)
  saveResult('overhead', { ...result('v24.21.0', 1), rows: overhead }, folder)
  saveResult('params', result('v26.10.0', 40_000), folder)
  expect(savedNodes(folder)).toEqual(['24', '26'])
  expect(readResult('hello', '26', folder)).toBeUndefined()
  const values = readResult('hello', '24', folder)!.rows[3]!.figures['requests/s']!.values
  expect(values).toEqual([13_067, 13_200, 13_333, 13_467, 13_600])
  expect(readFileSync(join(folder, 'node-24/hello.json'), 'utf8')).toContain(
    '"values": [13067, 13200, 13333, 13467, 13600]',
  )
})

it('is not confused by its own charts', () => {
  writeFileSync(join(folder, 'node-26.svg'), '')
  expect(savedNodes(folder)).toEqual(['24', '26'])
})

it('says in the README only what the intervals allow', () => {
  const readme = [...reportFiles(works, claims, folder)].find(([path]) =>
    path.endsWith('bench/README.md'),
  )![1]
  expect(readme).toContain('Node 24.21.0:')
  expect(readme).toContain(
    '| `hello` | tsgi | 0.33 (0.33–0.34), slower (fastify) | 1.00 (0.98–1.02), not distinguishable (fastify) | 4.00, less (fastify) | 1: missed |',
  )
  expect(readme).toContain(
    '| `hello` | tsgi (engine) | 2.00 (1.96–2.04), faster (fastify) | 2.00 (1.96–2.04), less (fastify) | 8.00, less (fastify) | 1.4: reached |',
  )
  expect(readme).toMatch(/Node 26\.10\.0:[\s\S]*\| `params` \| tsgi \| 1\.00/)
})

it('writes a page with all tables, and a chart per version of Node', () => {
  const files = reportFiles(works, claims, folder)
  const page = files.get(join(folder, 'README.md'))!
  expect(page).toContain('| koa | 20,000 ±0 % | 0.40× | 50.0 ±0 % | 0.40× | 0 |')
  expect(page).toContain('* Target for tsgi (engine): requests/s ≥ 1.4: 2.00 (1.96–2.04), reached (fastify)')
  expect(page).toContain('* a note')
  expect(files.get(join(folder, 'node-26.svg'))).toContain('>params</text>')
  const claimed = files.get(join(folder, 'requests.svg'))
  expect(claimed).toContain('>hello, Node 24.21.0</text>')
  expect(claimed).toContain('>params, Node 26.10.0</text>')
})

it('is up to date in the repository: npm run bench -- --report', () => {
  for (const [path, text] of reportFiles(works, claims)) {
    expect(existsSync(path) && readFileSync(path, 'utf8') === text, `${path} is up to date`).toBe(true)
  }
})
