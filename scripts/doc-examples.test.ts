import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collectExamples, writeExamples } from './doc-examples.ts'
import { root } from './sources.ts'

const paths = writeExamples(collectExamples())

describe('examples in doc comments and READMEs', () => {
  it('type-check', () => {
    const check = () =>
      execFileSync(
        join(root, 'node_modules/.bin/tsc'),
        ['-p', 'tsconfig.examples.json', '--pretty', 'false'],
        {
          cwd: root,
          encoding: 'utf8',
        },
      )
    try {
      check()
    } catch (error) {
      expect.fail((error as { stdout: string }).stdout)
    }
  }, 60_000)

  const runnable = [...paths].filter(([{ runs }]) => runs)
  it.each(runnable.map(([{ where }, path]) => ({ where, path })))('$where', async ({ path }) => {
    await import(path)
  })
})
