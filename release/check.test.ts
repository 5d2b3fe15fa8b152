import { describe, expect, inject, it } from 'vitest'
import { problemsOf } from './check-tarball.ts'

describe.each(inject('tarballs'))('$name', (tarball) => {
  it('is packed as it should be', async () => {
    expect(await problemsOf(tarball)).toEqual([])
  })
})
