import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { requireProgram } from './programs.ts'
import { root } from './sources.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

// Debian installs uWSGI in /usr/bin, so it cannot be found without a PATH.
describe('requireProgram', () => {
  const advice = 'uwsgi is not installed: apt-get install --no-install-recommends uwsgi-core'

  it('returns undefined for a program that is not installed, and warns how to install it', () => {
    vi.stubEnv('PATH', '')
    vi.stubEnv('CI', '')
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    expect(requireProgram('uwsgi')).toBeUndefined()
    expect(warn).toHaveBeenCalledExactlyOnceWith(`Tests not run: ${advice}`)
  })

  it('throws for a program that is not installed under CI', () => {
    vi.stubEnv('PATH', '')
    vi.stubEnv('CI', 'true')
    expect(() => requireProgram('uwsgi')).toThrow(advice)
  })

  it('is only called by slow tests', () => {
    const tests = globSync(['packages/*/src/**/*.test.ts', 'examples/*/*.test.ts'], { cwd: root })
    const callers = tests.filter((file) => readFileSync(join(root, file), 'utf8').includes('requireProgram('))
    expect(callers.filter((file) => !file.endsWith('.slow.test.ts'))).toEqual([])
  })
})
