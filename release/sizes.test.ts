import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { budgetsFile, measureSizes } from './sizes.ts'

const budgets: Record<string, number> = JSON.parse(readFileSync(budgetsFile, 'utf8'))
const sizes = measureSizes()

describe('the bundle of each entry', () => {
  it('has a budget', () => {
    expect(Object.keys(budgets)).toEqual(Object.keys(sizes))
  })

  it.each(Object.entries(sizes))('%s is within its budget, which is not much larger', (entry, size) => {
    const advice = `${entry} is ${size} bytes, its budget ${budgets[entry]}: run \`pnpm sizes\` in release/ if that is intended`
    expect(size, advice).toBeLessThanOrEqual(budgets[entry]!)
    expect(size, advice).toBeGreaterThanOrEqual(budgets[entry]! * 0.6 - 100)
  })
})
