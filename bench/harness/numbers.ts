import type { Ratio } from './statistics.ts'

/** Formats a number with three digits, or all of a larger whole number: `52,310`, `106`, `10.9`, `0.87`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0 || Math.abs(value) >= 99.95) return Math.round(value).toLocaleString('en-US')
  return value.toLocaleString('en-US', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })
}

/** Formats a ratio: `1.02×`. */
export function formatRatio(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(2)}×` : '–'
}

/** Formats a ratio with its interval: `1.02 (0.97–1.08)`, or without one if it was measured once. */
export function formatInterval({ value, low, high }: Ratio): string {
  if (!Number.isFinite(value)) return '–'
  return low === high ? value.toFixed(2) : `${value.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`
}
