import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, vi } from 'vitest'
import { works } from './works.ts'

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, 'bench.ts'), ...args])

it('lists the works', async () => {
  const { stdout } = await bench('--list')
  expect(stdout.trim().split('\n')).toHaveLength(works.length)
  for (const { name } of works) expect(stdout).toMatch(new RegExp(`^${name} +.{20,}`, 'm'))
})

it('lists the works and flags if one does not exist', async () => {
  await expect(bench('helo')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^there is no work 'helo'\nusage: [\s\S]*hello, params/),
  })
})

it('has works with unique names, a headline figure and one sentence each', () => {
  expect(new Set(works.map(({ name }) => name)).size).toBe(works.length)
  for (const { name, about, headline } of works) {
    expect(name).toMatch(/^[a-z-]+$/)
    expect(about).toMatch(/^[A-Z\d].*[.?]$/)
    expect(headline).not.toBe('')
  }
})

it.each(['SIGINT', 'SIGKILL'] as const)('stops the servers it has started on %s', async (signal) => {
  const program = spawn(process.execPath, [join(import.meta.dirname, 'bench.ts'), 'hello'], {
    stdio: 'ignore',
  })
  const server = await vi.waitFor(
    () => {
      const children = readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8')
        .trim()
        .split(' ')
      const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node-http'))
      if (found === undefined) throw new Error('no server yet')
      return found
    },
    { timeout: 10_000 },
  )
  const ended = once(program, 'exit')
  program.kill(signal)
  expect(await ended).toEqual(signal === 'SIGINT' ? [130, null] : [null, signal])
  await vi.waitFor(() => expect(existsSync(`/proc/${server}`)).toBe(false), { timeout: 5_000 })
})
