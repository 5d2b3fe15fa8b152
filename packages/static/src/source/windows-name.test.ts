import { describe, expect, it } from 'vitest'
import { isWindowsName } from './windows-name.ts'

describe('isWindowsName', () => {
  it.each([
    'a.txt',
    'a b.txt',
    'ünï.txt',
    'console.log',
    'com',
    'com10.txt',
    'nulls',
    'auxiliary.js',
    'a.con',
    '.env',
  ])('accepts %s', (name) => expect(isWindowsName(name)).toBe(true))

  it.each([
    'secret.txt.',
    'secret.txt ',
    'secret.txt. .',
    'secret.txt::$DATA',
    'secret.txt:stream',
    'c:',
    'CON',
    'con.txt',
    'nul.tar.gz',
    'aux .txt',
    'PRN',
    'com1',
    'COM¹.txt',
    'lpt9.log',
    'CONIN$',
    'a?.txt',
    'a*',
    'a<b',
    'a|b',
    'a"b',
    'a\u0001b',
  ])('rejects %j, which means something else', (name) => expect(isWindowsName(name)).toBe(false))
})
