import { afterEach, describe, expect, it, vi } from 'vitest'
import { missingPrograms, requireProgram } from './programs.ts'

afterEach(() => vi.unstubAllEnvs())

// Debian has uWSGI in /usr/bin, so that without a PATH it is not to be found.
describe('a program that is not installed', () => {
  it('is undefined, so that its tests do not run, and the run says how to get it', () => {
    vi.stubEnv('PATH', '')
    vi.stubEnv('CI', '')
    expect(requireProgram('uwsgi')).toBeUndefined()
    expect(missingPrograms()).toMatch(
      /^Not run: the tests with .*\buwsgi\b.* \(apt-get install .*\buwsgi-core\b.*\)$/,
    )
  })

  it('is an error under CI', () => {
    vi.stubEnv('PATH', '')
    vi.stubEnv('CI', 'true')
    expect(() => requireProgram('uwsgi')).toThrow(
      'uwsgi is not installed: apt-get install --no-install-recommends uwsgi-core',
    )
  })
})
