import { describe, expect, expectTypeOf, it } from 'vitest'
import { connectionBounds, milliseconds, readLimits, requestBounds } from './gateway.ts'

describe('readLimits', () => {
  const bounds = { parts: { initial: 8, least: 1, most: 64, unit: 'parts' }, wait: milliseconds(100) }

  it('fills in what is not given, and takes what is within the bounds', () => {
    expect(readLimits('upload', {}, bounds)).toEqual({ parts: 8, wait: 100 })
    expect(readLimits('upload', { parts: 64, wait: 0 }, bounds)).toEqual({ parts: 64, wait: 0 })
    expect(readLimits('upload', { parts: undefined }, bounds).parts).toBe(8)
    expectTypeOf(readLimits('upload', {}, bounds)).toEqualTypeOf<Record<'parts' | 'wait', number>>()
  })

  it('leaves options that are not its own alone', () => {
    expect(readLimits('upload', { ...{ path: '/' }, parts: 2 }, bounds)).toEqual({ parts: 2, wait: 100 })
  })

  it.each([0, 65, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2', null, true, 2n])('refuses %s', (parts) => {
    expect(() => readLimits('upload', { parts }, bounds)).toThrow(
      new TypeError(`upload: parts must be a whole number of parts from 1 to 64, got ${String(parts)}`),
    )
  })

  it('takes Infinity only where that is the bound', () => {
    const { maxBodySize } = readLimits('serve', { maxBodySize: Number.POSITIVE_INFINITY }, requestBounds)
    expect(maxBodySize).toBe(Number.POSITIVE_INFINITY)
    expect(() => readLimits('serve', { headersTimeout: Number.POSITIVE_INFINITY }, connectionBounds)).toThrow(
      'serve: headersTimeout must be a whole number of milliseconds from 1 to 2147483647, got Infinity',
    )
  })
})
