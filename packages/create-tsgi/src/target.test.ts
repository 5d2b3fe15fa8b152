import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeFiles } from './target.ts'

const scratch = mkdtempSync(join(tmpdir(), 'create-tsgi-'))
afterAll(() => rmSync(scratch, { recursive: true }))

describe('writeFiles', () => {
  /** The second file would be inside the first one. */
  const impossible = new Map([
    ['src/app.ts', ''],
    ['src/app.ts/inside', ''],
  ])

  it('removes the folders and files that it has written if it cannot write all of them', () => {
    expect(() => writeFiles(join(scratch, 'deep/app'), impossible)).toThrow('nothing was created: ')
    expect(existsSync(join(scratch, 'deep'))).toBe(false)
  })

  it('keeps what was in the folder before', () => {
    mkdirSync(join(scratch, 'repository/.git'), { recursive: true })
    writeFileSync(join(scratch, 'repository/.git/HEAD'), '')
    expect(() => writeFiles(join(scratch, 'repository'), impossible)).toThrow('nothing was created: ')
    expect(readdirSync(join(scratch, 'repository'), { recursive: true })).toEqual(['.git', '.git/HEAD'])
  })
})
