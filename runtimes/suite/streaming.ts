import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { CHUNK, Digest, pattern } from '../bytes.ts'
import { FLOOD } from '../sources.ts'
import { cases, pause, readUntil, responseTo, rest, type Site } from './site.ts'

export const streaming = cases('Streamed responses', {
  'a chunk arrives before the next one is made': async (site) => {
    const { id, response } = await start(site, '/held')
    equal(await readUntil(response, 'first '), 'first ')
    await site.note(id, 'go')
    equal(await rest(response), 'last')
  },
  'markup is sent while a value in it is awaited': async (site) => {
    const { id, response } = await start(site, '/markup')
    equal(await readUntil(response, '<p>'), `<h1>${id}</h1><p>`)
    await site.note(id, 'go')
    equal(await rest(response), '&lt;last&gt;</p>')
  },
  'a body that middleware changes keeps streaming': async (site) => {
    const { id, response } = await start(site, '/mapped')
    equal(await readUntil(response, 'FIRST '), 'FIRST ')
    await site.note(id, 'go')
    equal(await rest(response), 'LAST')
  },
  'a body is echoed while it is still being sent': async (site) => {
    const opened = site.open('/echo', { method: 'POST' })
    opened.write('one ')
    const response = await responseTo(opened)
    equal(await readUntil(response, 'one '), 'one ')
    opened.end('two')
    equal(await rest(response), 'two')
  },
  '10 MB arrive, byte for byte': async (site) => {
    const received = await (await site.fetch(`/pattern/${10 * 2 ** 20}`)).bytes()
    const sent = new Digest()
    for (const chunk of pattern(10 * 2 ** 20)) sent.add(chunk)
    equal(`${new Digest().add(received)}`, `${sent}`)
  },
  'no more is made than the client takes': async (site) => {
    const { id, response } = await start(site, '/flood')
    const stalled = await settled(async () => (await site.notes(id)).length)
    const all = FLOOD / CHUNK
    if (stalled > all / 2)
      throw new Error(`${stalled} of ${all} chunks were made for a client that takes none`)
    let bytes = 0
    for await (const chunk of response) bytes += chunk.length
    equal(bytes, FLOOD)
  },
  'a client that leaves ends the generator': async (site) => {
    const { id, response } = await start(site, '/endless')
    await readUntil(response, '2 ')
    response.destroy()
    await site.noted(id, 'left')
  },
  'a failure in mid-stream cuts the response off': async (site) => {
    const { id, response } = await start(site, '/failing')
    equal(await readUntil(response, 'first '), 'first ')
    await site.note(id, 'go')
    await rejects(rest(response), { code: 'ECONNRESET' })
  },
})

export const events = cases('Server-sent events', {
  'events arrive as they are made': async (site) => {
    const { id, response } = await start(site, '/events')
    equal(response.headers['content-type'], 'text/event-stream')
    equal(await readUntil(response, '\n\n'), 'event: tick\nid: 1\ndata: two\ndata: lines\n\n')
    await site.note(id, 'go')
    equal(await rest(response), 'event: tick\nid: 2\ndata: the last\n\n')
  },
  'a client that comes again says where it was': async (site) => {
    const { response } = await start(site, '/events', { 'last-event-id': '41' })
    match(await readUntil(response, '\n\n'), /id: 42/)
    response.destroy()
  },
  'silence is filled with comments': async (site) => {
    const { response } = await start(site, '/silence')
    match(await readUntil(response, ': keep-alive\n\n'), /^event: tick/)
    response.destroy()
  },
  'a client that leaves ends the events': async (site) => {
    const { id, response } = await start(site, '/silence')
    await readUntil(response, ': keep-alive\n\n')
    response.destroy()
    await site.noted(id, 'left')
  },
})

async function start(site: Site, path: string, headers: Record<string, string> = {}) {
  const id = crypto.randomUUID()
  const opened = site.open(`${path}/${id}`, { headers })
  opened.end()
  const response = await responseTo(opened)
  deepEqual(response.statusCode, 200)
  return { id, response }
}

/** The number, once it has not changed for a while. */
async function settled(read: () => Promise<number>): Promise<number> {
  for (let before = -1, same = 0; ; ) {
    const now = await read()
    same = now === before ? same + 1 : 0
    if (same === 10) return now
    before = now
    await pause(20)
  }
}
