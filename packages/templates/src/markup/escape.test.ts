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

describe('escaped text', () => {
  it('has an entity for each special character, and all others as they were', () => {
    const unit = oneof(constantFrom(...Object.keys(entities)), string({ unit: 'binary', maxLength: 1 }))
    assert(
      property(string({ unit }), (text) => {
        const expected = Array.from(text, (character) => entities[character] ?? character).join('')
        expect(escapeHtml(text)).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('is the text itself where nothing is special', () => {
    for (const text of ['', 'plain', 'Željko Ćirić', '\ud800', 'a;b#c=d']) expect(escapeHtml(text)).toBe(text)
  })
})
