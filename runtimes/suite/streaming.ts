import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { CHUNK, Digest, pattern } from '../bytes.ts'
import { FLOOD } from '../sources.ts'
import { answerTo, cases, pause, type Site } from './site.ts'

export const streaming = cases('Streamed responses', {
  'a chunk arrives before the next one is generated': async (site) => {
    const { id, response } = await start(site, '/held')
    equal(await response.until('first '), 'first ')
    await site.note(id, 'go')
    equal(await response.rest(), 'last')
  },
  'markup is sent while it awaits a value': async (site) => {
    const { id, response } = await start(site, '/markup')
    equal(await response.until('<p>'), `<h1>${id}</h1><p>`)
    await site.note(id, 'go')
    equal(await response.rest(), '&lt;last&gt;</p>')
  },
  'a body that middleware transforms keeps streaming': async (site) => {
    const { id, response } = await start(site, '/mapped')
    equal(await response.until('FIRST '), 'FIRST ')
    await site.note(id, 'go')
    equal(await response.rest(), 'LAST')
  },
  'a body can be echoed while the client is sending it': async (site) => {
    const opened = site.open('/echo', { method: 'POST' })
    opened.write('one ')
    const response = await answerTo(opened)
    equal(await response.until('one '), 'one ')
    opened.end('two')
    equal(await response.rest(), 'two')
  },
  '10 MB arrive unchanged': async (site) => {
    const received = await (await site.fetch(`/pattern/${10 * 2 ** 20}`)).bytes()
    const sent = new Digest()
    for (const chunk of pattern(10 * 2 ** 20)) sent.add(chunk)
    equal(`${new Digest().add(received)}`, `${sent}`)
  },
  'a slow client slows the generator down': async (site) => {
    const { id, response } = await start(site, '/flood')
    const stalled = await settled(async () => (await site.notes(id)).length)
    const all = FLOOD / CHUNK
    if (stalled > all / 2)
      throw new Error(`${stalled} of ${all} chunks were generated for a client that reads nothing`)
    equal((await response.bytes()).length, FLOOD)
  },
  'a disconnect ends the generator': async (site) => {
    const { id, response } = await start(site, '/endless')
    await response.until('2 ')
    response.leave()
    await site.noted(id, 'left')
  },
  'an error in a stream cuts the response off': async (site) => {
    const { id, response } = await start(site, '/failing')
    equal(await response.until('first '), 'first ')
    await site.note(id, 'go')
    await rejects(response.rest(), { code: 'ECONNRESET' })
  },
})

export const events = cases('Server-sent events', {
  'events arrive as they are generated': async (site) => {
    const { id, response } = await start(site, '/events')
    equal(response.headers['content-type'], 'text/event-stream')
    equal(await response.until('\n\n'), 'event: tick\nid: 1\ndata: two\ndata: lines\n\n')
    await site.note(id, 'go')
    equal(await response.rest(), 'event: tick\nid: 2\ndata: the last\n\n')
  },
  'a client reconnects with Last-Event-ID': async (site) => {
    const { response } = await start(site, '/events', { 'last-event-id': '41' })
    match(await response.until('\n\n'), /id: 42/)
    response.leave()
  },
  'comments keep an idle connection open': async (site) => {
    const { response } = await start(site, '/silence')
    match(await response.until(': keep-alive\n\n'), /^event: tick/)
    response.leave()
  },
  'a disconnect ends the events': async (site) => {
    const { id, response } = await start(site, '/silence')
    await response.until(': keep-alive\n\n')
    response.leave()
    await site.noted(id, 'left')
  },
})

async function start(site: Site, path: string, headers: Record<string, string> = {}) {
  const id = crypto.randomUUID()
  const opened = site.open(`${path}/${id}`, { headers })
  opened.end()
  const response = await answerTo(opened)
  deepEqual(response.status, 200)
  return { id, response }
}

/** Returns the number once it has stopped growing. */
async function settled(read: () => Promise<number>): Promise<number> {
  for (let before = -1; ; ) {
    const now = await read()
    if (now === before) return now
    before = now
    await pause(100)
  }
}
