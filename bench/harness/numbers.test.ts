import { expect, it } from 'vitest'
import { formatInterval, formatNumber, formatRatio } from './numbers.ts'

it('formats three digits, or all of a larger whole number', () => {
  expect([52_310.4, 999.6, 106.2, 10.94, 0.871, 0.0042, 0].map(formatNumber)).toEqual([
    '52,310',
    '1,000',
    '106',
    '10.9',
    '0.871',
    '0.00420',
    '0',
  ])
})

it('formats ratios with two decimals', () => {
  expect(formatRatio(1.006)).toBe('1.01×')
})

it('formats NaN as a dash', () => {
  expect(formatNumber(Number.NaN)).toBe('–')
  expect(formatRatio(Number.POSITIVE_INFINITY)).toBe('–')
})

it('formats a ratio with its interval, or without if there was one round', () => {
  expect(formatInterval({ value: 1.049, low: 0.98, high: 1.2, isCertain: true })).toBe('1.05 (0.98–1.20)')
  expect(formatInterval({ value: 2, low: 2, high: 2, isCertain: false })).toBe('2.00')
})
