/** The saved results: one file for each work and major version of Node, so that a long run can be done in pieces. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bench } from './contenders.ts'
import type { Machine } from './machine.ts'
import type { WorkResult } from './work.ts'

export interface SavedResult extends WorkResult {
  date: string
  machine: Machine
  /** Package versions by contender. */
  versions: Record<string, string>
}

export const resultsFolder = join(bench, 'results')

/** Saves the result of a work in place of an older one with the same version of Node. */
export function saveResult(work: string, result: SavedResult, folder: string = resultsFolder): void {
  const file = fileOf(folder, work, majorOf(result.machine.node))
  mkdirSync(dirname(file), { recursive: true })
  const rounded = JSON.stringify(
    result,
    (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value),
    2,
  )
  // The values of all rounds in one line.
  const text = rounded.replace(
    /\[\s+([-\d.e+,\s]+?)\s+\]/g,
    (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`,
  )
  writeFileSync(file, `${text}\n`)
}

/** Reads the saved result of a work, or returns undefined if none was saved. */
export function readResult(
  work: string,
  node: string,
  folder: string = resultsFolder,
): SavedResult | undefined {
  const file = fileOf(folder, work, node)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Returns the major versions of Node that have results: `['24', '26']`. */
export function savedNodes(folder: string = resultsFolder): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('node-'))
    .map(({ name }) => name.slice('node-'.length))
    .sort()
}

function fileOf(folder: string, work: string, node: string): string {
  return join(folder, `node-${node}`, `${work}.json`)
}

function majorOf(version: string): string {
  return /\d+/.exec(version)?.[0] ?? version
}
