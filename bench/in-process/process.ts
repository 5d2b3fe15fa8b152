/** Measures a work once and sends the rows to its parent: `process.ts WORK [quick]`. */
import type { MeasureRows } from './in-process.ts'

const [name, brief] = process.argv.slice(2)
const { measureRows }: { measureRows: MeasureRows } = await import(`./${name}.ts`)
const rows = await measureRows(brief === 'quick')
process.send?.(rows, () => process.exit())
