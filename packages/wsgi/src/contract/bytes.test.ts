import { describe, expect, it } from 'vitest'
import { b } from './bytes.ts'

describe('b', () => {
  it('has one byte per character', () => {
    expect(b`a\x00\xff`).toEqual(Uint8Array.of(97, 0, 255))
    expect(b``).toEqual(new Uint8Array())
  })

  it('rejects characters above U+00FF and placeholders', () => {
    expect(() => b`✓`).toThrow(new TypeError('b: a bytes literal cannot have characters above U+00FF'))
    expect(() => b`a${'b' as never}`).toThrow(new TypeError('b: a bytes literal cannot have placeholders'))
  })
})
