import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

/** Maximum number of files that you have to read to follow a request. */
const MAX_FILES = 16

describe('a request for a page of text', () => {
  let files: Promise<Record<'onKept' | 'onNew' | 'loaded', string[]>>
  beforeAll(() => {
    const program = join(import.meta.dirname, '../../test/files-of-request.ts')
    files = promisify(execFile)(process.execPath, [program]).then(({ stdout }) => JSON.parse(stdout))
  })

  it(`runs through at most ${MAX_FILES} files`, async () => {
    const { onKept, onNew } = await files
    console.log(
      `A request runs through ${onKept.length} files on a kept connection, ${onNew.length} on a new one:\n${onNew.join('\n')}`,
    )
    expect(onKept).toContain('server/src/http/http1/http1-exchange.ts')
    expect(onKept.length).toBeLessThanOrEqual(MAX_FILES)
    expect(onNew.length).toBeLessThanOrEqual(MAX_FILES)
  })

  it('does not load the engine that it does not use', async () => {
    const { loaded } = await files
    expect(loaded).toContain('server/src/http/http1/http1-exchange.ts')
    expect(loaded.filter((file) => file.startsWith('http1/') || file.includes('tsgi-endpoint'))).toEqual([])
  })
})
