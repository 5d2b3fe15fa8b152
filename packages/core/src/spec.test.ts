import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generateSpec, ruleNumbers, specPath } from '../../../scripts/spec.ts'

const spec = readFileSync(specPath, 'utf8')

describe('SPEC.md', () => {
  it('is generated from the sources of the linter', () => {
    expect(spec, 'run: pnpm spec').toBe(generateSpec())
  })

  it('numbers its rules in order, without repeats and gaps', () => {
    const letters = new Map<string, number[]>()
    for (const rule of ruleNumbers(spec)) {
      const numbers = letters.get(rule[0]!) ?? []
      letters.set(rule[0]!, [...numbers, Number(rule.slice(1))])
    }
    expect([...letters.keys()]).toEqual(['E', 'A', 'R', 'B', 'M', 'G'])
    for (const [letter, numbers] of letters) {
      expect(numbers, letter).toEqual(numbers.map((_, index) => index + 1))
    }
  })

  it('states each rule with a key word of RFC 2119', () => {
    const rules = spec.split('\n\n').filter((block) => block.startsWith('**'))
    expect(rules.length).toBe(ruleNumbers(spec).length)
    for (const rule of rules) expect(rule).toMatch(/\b(?:MUST|MUST NOT|SHOULD)\b/)
  })
})
