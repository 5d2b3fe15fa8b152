import { deepEqual, equal, match } from 'node:assert/strict'
import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { Digest, pattern } from '../bytes.ts'
import { type Answer, answerTo, cases, type Site } from './site.ts'

const megabytes = (count: number) => count * 2 ** 20

export const bodies = cases('Request bodies', {
  'JSON is validated': async (site) => {
    const type = { 'content-type': 'application/json' }
    const created = await site.post('/posts', '{"title":"Boats"}', type)
    deepEqual([created.status, await created.json()], [201, { title: 'Boats', tags: [] }])
    equal((await site.post('/posts', '{"title":"Bo"}', type)).status, 422)
    equal((await site.post('/posts', '{"title":', type)).status, 400)
    equal((await site.post('/posts', 'title', { 'content-type': 'text/plain' })).status, 415)
  },
  'a form is parsed': async (site) => {
    const response = await site.post('/forms', new URLSearchParams({ title: 'Boats & more', tags: 'ü' }))
    deepEqual(await response.json(), { title: 'Boats & more', tags: ['ü'] })
  },
  'a multipart form with a file is parsed': async (site) => {
    const form = new FormData()
    form.set('title', 'ü')
    form.set('file', new File([...pattern(300_000)], 'a "b".bin', { type: 'image/png' }))
    deepEqual(await (await site.post('/uploads', form)).json(), [
      'ü',
      'a "b".bin',
      'image/png',
      digestOf(300_000),
    ])
  },
  'all byte values arrive unchanged': async (site) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    deepEqual(await (await site.post('/bytes', bytes)).bytes(), bytes)
  },
  '10 MB without Content-Length are uploaded': async (site) => {
    const response = await upload(site, `/digest/${crypto.randomUUID()}`, megabytes(10))
    equal(await response.rest(), digestOf(megabytes(10)))
  },
  'a body can be read while the client is sending it': async (site) => {
    const id = crypto.randomUUID()
    const opened = site.open(`/digest/${id}`, { method: 'POST' })
    opened.write('12345')
    await site.noted(id, '5')
    opened.end('67')
    equal(await (await answerTo(opened)).rest(), `${new Digest().add(Buffer.from('1234567'))}`)
  },
  'a body over the limit gets a 413': async (site) => {
    equal((await upload(site, '/posts', 2_000)).status, 413)
  },
  'a 413 reaches a client that is still sending': async (site) => {
    // If the server closes the connection too early, the client gets an error instead of the response.
    match(await site.sendAll('/posts', pattern(megabytes(12)), megabytes(12)), /^HTTP\/1\.1 413/)
  },
  'an unread body is not parsed as the next request': async (site) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (const path of ['/unread', '/unread']) {
      const opened = site.open(path, { method: 'POST', agent })
      opened.write('GET /steps HTTP/1.1\r\n\r\n'.repeat(5_000))
      opened.end()
      const response = await answerTo(opened)
      deepEqual([response.status, await response.rest()], [200, 'not read'])
    }
    agent.destroy()
  },
})

async function upload(site: Site, path: string, length: number): Promise<Answer> {
  const opened = site.open(path, { method: 'POST', headers: { 'content-type': 'application/json' } })
  Readable.from(pattern(length)).pipe(opened)
  return answerTo(opened)
}

function digestOf(length: number): string {
  const digest = new Digest()
  for (const chunk of pattern(length)) digest.add(chunk)
  return `${digest}`
}
