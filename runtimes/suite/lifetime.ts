import { deepEqual, equal } from 'node:assert/strict'
import type { ClientRequest } from 'node:http'
import { answerTo, cases, pause, type Site } from './site.ts'

export const lifetime = cases('Lifetime of a request', {
  'signal aborts when the connection is reset': async (site) => {
    const { id, opened } = await begin(site)
    opened.socket?.resetAndDestroy()
    await site.noted(id, 'aborted')
  },
  'signal aborts when the client closes the connection': async (site) => {
    const { id, opened } = await begin(site)
    opened.destroy()
    await site.noted(id, 'aborted')
  },
  'signal does not abort after a complete response': async (site) => {
    const id = crypto.randomUUID()
    await site.note(id, 'go')
    equal(await (await site.fetch(`/waiting/${id}`)).text(), 'waited')
    deepEqual(await site.notes(id), ['go', 'began'])
  },
  'waitUntil work continues after the response': async (site) => {
    const id = crypto.randomUUID()
    equal(await (await site.fetch(`/later/${id}`)).text(), 'now')
    await site.note(id, 'go')
    await site.noted(id, 'done')
  },
  'waitUntil work may fail': async (site) => {
    for (const _ of [1, 2]) equal(await (await site.fetch('/rejected-later')).text(), 'now')
    while (!site.output().includes('rejected later')) await pause(10)
  },
  'finished reports the bytes sent': async (site) => {
    const id = crypto.randomUUID()
    await (await site.fetch(`/finished/${id}`)).text()
    await site.noted(id, '12 false')
  },
  'finished reports that a response was cut off': async (site) => {
    const id = crypto.randomUUID()
    const opened = site.open(`/finished/${id}/endless`)
    opened.end()
    const response = await answerTo(opened)
    await response.until('2 ')
    response.leave()
    await site.noted(id, 'cut off')
  },
})

/** Starts a request that waits. */
async function begin(site: Site): Promise<{ id: string; opened: ClientRequest }> {
  const id = crypto.randomUUID()
  const opened = site.open(`/waiting/${id}`)
  opened.end()
  await site.noted(id, 'began')
  return { id, opened }
}
