import { deepEqual, equal, rejects } from 'node:assert/strict'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { StreamingDecoder } from '../../packages/compress/test/decode.ts'
import { type Answer, answerTo, cases, type Site } from './site.ts'

export const conditions = cases('Conditional requests', {
  'a client that has the current version gets a 304': async (site) => {
    const first = await site.fetch('/tagged')
    const etag = first.headers.get('etag') ?? 'no tag'
    deepEqual([first.status, await first.json()], [200, { hello: 'world' }])
    const second = await site.fetch('/tagged', { headers: { 'if-none-match': etag } })
    deepEqual([second.status, second.headers.get('etag'), await second.text()], [304, etag, ''])
    equal((await site.fetch('/tagged', { headers: { 'if-none-match': '"other"' } })).status, 200)
  },
  'a write to another version gets a 412': async (site) => {
    const write = async (headers: Record<string, string>) =>
      (await site.fetch('/versions/2', { method: 'PUT', headers })).status
    const statuses = [await write({ 'if-match': '"1"' }), await write({ 'if-match': '"2"' }), await write({})]
    deepEqual(statuses, [412, 204, 428])
  },
})

const decoders = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync }

export const compression = cases('Compression', {
  'a text is compressed with each coding': async (site) => {
    const repeated = 'Hello, compressed world. '.repeat(100)
    for (const coding of ['gzip', 'br', 'zstd'] as const) {
      for (const [path, text] of [
        ['/compressed/text', repeated],
        ['/compressed/large', repeated.repeat(100)],
      ] as const) {
        const response = await compressed(site, path, coding)
        const bytes = await response.bytes()
        equal(bytes.length < text.length / 10, true)
        equal(decoders[coding](bytes).toString(), text)
      }
    }
  },
  'a chunk can be decoded before the next one is generated': async (site) => {
    for (const coding of ['gzip', 'br', 'zstd']) {
      const id = crypto.randomUUID()
      const decoder = decoderOf(await compressed(site, `/compressed/held/${id}`, coding), coding)
      equal(await decoder.until('first '), 'first ')
      await site.note(id, 'go')
      equal(await decoder.until('last'), 'first last')
    }
  },
  'an event can be decoded before the next one is generated': async (site) => {
    const id = crypto.randomUUID()
    const decoder = decoderOf(await compressed(site, `/compressed/events/${id}`, 'gzip'), 'gzip')
    await decoder.until('data: two\ndata: lines\n\n')
    await site.note(id, 'go')
    await decoder.until('data: the last\n\n')
  },
  'a disconnect ends the generator of a compressed stream': async (site) => {
    const id = crypto.randomUUID()
    const response = await compressed(site, `/compressed/endless/${id}`, 'gzip')
    await decoderOf(response, 'gzip').until(' ')
    response.leave()
    await site.noted(id, 'left')
  },
  'an error in a compressed stream cuts the response off': async (site) => {
    const id = crypto.randomUUID()
    const response = await compressed(site, `/compressed/failing/${id}`, 'gzip')
    await decoderOf(response, 'gzip').until('first ')
    await site.note(id, 'go')
    await rejects(response.rest(), { code: 'ECONNRESET' })
  },
  'a body that is already compressed is sent unchanged': async (site) => {
    const response = await compressed(site, '/compressed/before', 'gzip')
    equal(gunzipSync(await response.bytes()).toString(), 'Hello, gzip')
  },
})

async function compressed(site: Site, path: string, coding: string): Promise<Answer> {
  const opened = site.open(path, { headers: { 'accept-encoding': coding } })
  opened.end()
  const response = await answerTo(opened)
  deepEqual([response.status, response.headers['content-encoding']], [200, coding])
  return response
}

function decoderOf(response: Answer, coding: string): StreamingDecoder {
  return new StreamingDecoder(coding, () => response.next())
}
