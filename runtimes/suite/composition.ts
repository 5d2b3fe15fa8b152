import { deepEqual, equal } from 'node:assert/strict'
import { cases } from './site.ts'

export const composition = cases('Composition', {
  'the outermost middleware runs first, and last on the way out': async (site) => {
    const response = await site.fetch('/steps')
    deepEqual(await response.json(), ['outer', 'inner'])
    equal(response.headers.get('x-steps'), 'inner outer')
  },
  'a mount moves its prefix from pathInfo to scriptName': async (site) => {
    for (const rest of ['/a/b', '/', '']) {
      const seen = (await site.json(`/mounted${rest}`)) as Record<string, unknown>
      equal(seen.scriptName, `${site.prefix}/mounted`)
      equal(seen.pathInfo, rest)
      equal(seen.url, site.url(`/mounted${rest}`))
    }
  },
  'middleware outside a mount sees the whole path': async (site) => {
    const response = await site.fetch('/mounted/a')
    equal(response.headers.get('x-path'), '/mounted/a')
    await response.body?.cancel()
  },
  'a nested router adds its params': async (site) => {
    deepEqual(await site.json('/teams/red/members/7'), ['red', '7', `${site.prefix}/teams/red/members`])
  },
  'a mounted fetch handler sees the rest of the path': async (site) => {
    const response = await site.fetch('/fetch/a%20b?c=d')
    equal(await response.text(), `http://${site.host}/a%20b?c=d`)
  },
})
