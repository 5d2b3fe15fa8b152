import { assert, constantFrom, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHtml } from './escape.ts'

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

describe('escapeHtml', () => {
  it('replaces each special character with an entity and keeps all others', () => {
    const unit = oneof(constantFrom(...Object.keys(entities)), string({ unit: 'binary', maxLength: 1 }))
    assert(
      property(string({ unit }), (text) => {
        const expected = Array.from(text, (character) => entities[character] ?? character).join('')
        expect(escapeHtml(text)).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('returns text without special characters unchanged', () => {
    for (const text of ['', 'plain', 'Željko Ćirić', '\ud800', 'a;b#c=d']) expect(escapeHtml(text)).toBe(text)
  })
})
