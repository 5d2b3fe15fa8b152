import { describe, expect, it } from 'vitest'
import { connectionOptions } from '../gateway.ts'

describe('connectionOptions', () => {
  it.each([
    [null, []],
    ['', []],
    ['close', ['close']],
    ['Keep-Alive ,\tX-Trace', ['keep-alive', 'x-trace']],
    // White space only for JavaScript.
    ['close\xa0, \xa0upgrade', ['close\xa0', '\xa0upgrade']],
  ])('returns the names in %j', (connection, names) => {
    expect([...connectionOptions(connection)]).toEqual(names)
  })
})
