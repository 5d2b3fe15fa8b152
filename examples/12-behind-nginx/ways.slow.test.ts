import { expect, it } from 'vitest'
import { requireProgram } from '../../scripts/programs.ts'
import { openWays } from './ways.ts'

it.runIf(requireProgram('nginx'))('reaches the application in every way', async () => {
  await using started = new AsyncDisposableStack()
  const ways = await openWays(started)
  const pages = await Promise.all(ways.map(async ({ url }) => (await fetch(url)).text()))
  const gateways = pages.map((page) => /^gateway: (.+)$/m.exec(page)?.[1])
  const expected = ['node:http', 'node:http', 'node:http', 'uwsgi', 'uwsgi', 'node:http']
  expect(gateways).toEqual(expected)
})
