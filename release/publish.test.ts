import { expect, inject, it } from 'vitest'
import { publishNew } from './publish.ts'
import { publishEnvironment } from './setup.ts'

it('publishes the packages whose versions are new, and no others', async () => {
  // Before the tests, the registry had all packages but one.
  expect(inject('published')).toEqual(['create-tsgi'])
  const registry = inject('registry')
  const env = publishEnvironment(inject('scratch'), registry)
  expect(await publishNew(inject('tarballs'), registry, env)).toEqual([])
})
