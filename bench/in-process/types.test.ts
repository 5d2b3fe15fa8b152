import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check, childrenSeconds, writeProgram } from './types.ts'
import { programs } from './types-programs.ts'

describe.each(programs.map((program) => [program.name, program] as const))('%s', (_, program) => {
  it('compiles', { timeout: 120_000 }, async () => {
    const config = writeProgram(program, 12)
    const { failed, output, cpu } = await check(config)
    rmSync(dirname(config), { recursive: true })
    expect(output).not.toContain('error')
    expect(failed).toBe(false)
    expect(cpu).toBeGreaterThan(0)
  })

  // Hono accepts any parameter name.
  const mistakes: [string, RegExp][] = [['the body', /(body|valid\('json'\))\.name/g]]
  if (!program.name.startsWith('hono')) mistakes.push(['the parameter', /(params)\.id/g])
  it.each(mistakes)('knows the type of %s', { timeout: 120_000 }, async (_, use) => {
    const files = (paths: number) =>
      Object.fromEntries(
        Object.entries(program.files(paths)).map(([file, text]) => [file, text.replaceAll(use, '$1.none')]),
      )
    const config = writeProgram({ name: `${program.name} wrong`, files }, 1)
    const { failed, output } = await check(config)
    rmSync(dirname(config), { recursive: true })
    expect(failed).toBe(true)
    expect(output).toContain("'none' does not exist")
  })
})

describe('childrenSeconds', () => {
  it('adds user and system time from the output of the shell', () => {
    expect(childrenSeconds('app.ts: fine\n0m0.01s 0m0.02s\n1m2.50s 0m0.25s\n')).toBe(62.75)
  })
})
