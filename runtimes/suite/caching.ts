import { equal, match, notEqual } from 'node:assert/strict'
import { cases } from './site.ts'

/** What the application makes anew for each call. */
const uuid = /^[\da-f-]{36}$/

export const caching = cases('Response cache', {
  'a fresh response is sent again, and a 304 to a client that has it': async (site) => {
    const body = await (await site.fetch('/cached/text')).text()
    const again = await site.fetch('/cached/text')
    equal(await again.text(), body)
    match(again.headers.get('age') ?? '', /^\d+$/)
    equal((await site.fetch('/cached/text', { headers: { 'if-none-match': '"1"' } })).status, 304)
  },
  'a stream is stored while it is sent': async (site) => {
    const body = await (await site.fetch('/cached/stream')).text()
    match(body, uuid)
    equal(await (await site.fetch('/cached/stream')).text(), body)
  },
  'an unsafe request removes the response': async (site) => {
    const body = await (await site.fetch('/cached/changed')).text()
    await (await site.post('/cached/changed', null)).text()
    notEqual(await (await site.fetch('/cached/changed')).text(), body)
  },
  'requests at the same time call the application once': async (site) => {
    const responses = await Promise.all(Array.from({ length: 3 }, () => site.fetch('/cached/slow')))
    const bodies = await Promise.all(responses.map((response) => response.text()))
    match(bodies[0]!, uuid)
    equal(new Set(bodies).size, 1)
  },
})
