import { preferredMediaType } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { accepts } from './accepts.ts'

describe('preferredMediaType, given', () => {
  it.each(accepts)('%s: %j', (_, accept, offers, chosen) => {
    expect(preferredMediaType(accept, offers)).toBe(chosen)
  })
})
