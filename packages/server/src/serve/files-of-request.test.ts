import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** Maximum number of files that you have to read to follow a request. */
const MAX_FILES = 16

describe('a request for a page of text', () => {
  it(`runs through at most ${MAX_FILES} files`, async () => {
    const program = join(import.meta.dirname, '../../test/files-of-request.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [program])
    const { onKept, onNew } = JSON.parse(stdout) as Record<'onKept' | 'onNew', string[]>
    console.log(
      `A request runs through ${onKept.length} files on a kept connection, ${onNew.length} on a new one:\n${onNew.join('\n')}`,
    )
    expect(onKept).toContain('server/src/http/http1/http1-exchange.ts')
    expect(onKept.length).toBeLessThanOrEqual(MAX_FILES)
    expect(onNew.length).toBeLessThanOrEqual(MAX_FILES)
  })
})
