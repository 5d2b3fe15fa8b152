import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { works } from './works.ts'

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, 'bench.ts'), ...args])

it('lists the works', async () => {
  const { stdout } = await bench('--list')
  expect(stdout.trim().split('\n')).toHaveLength(works.length)
  for (const { name } of works) expect(stdout).toMatch(new RegExp(`^${name} +.{20,}`, 'm'))
})

it('names what exists where it is asked for a work or a flag that does not', async () => {
  await expect(bench('helo')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^there is no work 'helo'\nusage: [\s\S]*hello, params/),
  })
  await expect(bench('--fast')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Unknown option '--fast'[\s\S]*--quick/),
  })
  await expect(bench('hello', '--json')).rejects.toMatchObject({ code: 2 })
})

it('has works that can be told apart, each with figures to chart and one sentence about it', () => {
  expect(new Set(works.map(({ name }) => name)).size).toBe(works.length)
  for (const { name, about, headline } of works) {
    expect(name).toMatch(/^[a-z-]+$/)
    expect(about).toMatch(/^[A-Z].*\.$/)
    expect(headline).not.toBe('')
  }
})
