import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nameOf, writeFiles } from './target.ts'

const scratch = mkdtempSync(join(tmpdir(), 'create-tsgi-'))
afterAll(() => rmSync(scratch, { recursive: true }))

describe('nameOf', () => {
  it('returns the last part of the path, and the scope before it', () => {
    expect(nameOf('work/my-app/')).toBe('my-app')
    expect(nameOf('./a/../b.c_d~')).toBe('b.c_d~')
    expect(nameOf('work/@ada/my-app')).toBe('@ada/my-app')
    expect(nameOf('/home/@Ada/my-app')).toBe('my-app')
  })

  it.each([
    ['', 'FOLDER is empty'],
    ['~', 'write the whole path'],
    ['~/my-app', 'write the whole path'],
    ['-rf', "for example 'rf'"],
    ['./-rf', "for example 'rf'"],
    ['favicon.ico', 'cannot be the name of a package'],
    ['/', 'cannot be the name of a package'],
    ['a\nb', "for example 'a-b'"],
    ['My App', "for example 'my-app'"],
    ['@ada/My App', "for example 'my-app'"],
    [`@ada/${'x'.repeat(210)}`, 'cannot be the name of a package'],
  ])('rejects %j', (folder, message) => {
    expect(() => nameOf(folder)).toThrow(message)
  })
})

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

  it('keeps a file that somebody else has written since the folder was checked', () => {
    const folder = join(scratch, 'busy')
    mkdirSync(folder)
    writeFileSync(join(folder, 'README.md'), 'notes')
    const files = new Map([
      ['package.json', '{}'],
      ['README.md', '# busy'],
    ])
    expect(() => writeFiles(folder, files)).toThrow('nothing was created: EEXIST')
    expect(readdirSync(folder)).toEqual(['README.md'])
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('notes')
  })

  it('keeps what was in the folder before', () => {
    mkdirSync(join(scratch, 'repository/.git'), { recursive: true })
    writeFileSync(join(scratch, 'repository/.git/HEAD'), '')
    expect(() => writeFiles(join(scratch, 'repository'), impossible)).toThrow('nothing was created: ')
    expect(readdirSync(join(scratch, 'repository'), { recursive: true })).toEqual(['.git', '.git/HEAD'])
  })
})
