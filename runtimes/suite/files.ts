import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answerTo, cases } from './site.ts'

/** A file of more than one chunk. */
const large = 'pnpm-lock.yaml'
const folder = join(import.meta.dirname, '../..')

export const files = cases('Static files', {
  'a file in memory is served with its type and tag': async (site) => {
    const response = await site.fetch('/memory/')
    equal(response.status, 200)
    equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
    match(response.headers.get('etag')!, /^"[\w-]{27}"$/)
    equal(await response.text(), '<h1>Hello</h1>')
  },
  'HEAD gets the length of a file': async (site) => {
    const response = await site.fetch('/memory/', { method: 'HEAD' })
    deepEqual([response.status, response.headers.get('content-length')], [200, '14'])
  },
  'a file that the client has gets a 304': async (site) => {
    const etag = (await site.fetch('/memory/')).headers.get('etag')!
    const response = await site.fetch('/memory/', { headers: { 'if-none-match': etag } })
    deepEqual([response.status, response.headers.get('etag')], [304, etag])
    equal(response.headers.get('content-type'), null)
  },
  'a range gets a 206, and a 416 beyond the end': async (site) => {
    const part = await site.fetch('/memory/', { headers: { range: 'bytes=4-8' } })
    deepEqual(
      [part.status, part.headers.get('content-range'), await part.text()],
      [206, 'bytes 4-8/14', 'Hello'],
    )
    const beyond = await site.fetch('/memory/', { headers: { range: 'bytes=14-' } })
    deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */14'])
  },
  'a file of another source is streamed': async (site) => {
    equal(await (await site.fetch('/source/a/b.txt')).text(), 'a/b.txt')
    const part = await site.fetch('/source/a/b.txt', { headers: { range: 'bytes=-3' } })
    deepEqual([part.status, await part.text()], [206, 'txt'])
  },
  'a file in a folder is served': async (site) => {
    const response = await site.fetch('/folder/package.json')
    equal(response.headers.get('content-type'), 'application/json')
    equal(await response.text(), await readFile(join(folder, 'package.json'), 'utf8'))
    equal((await site.fetch('/folder/.gitignore')).status, 404)
    equal((await site.fetch('/folder/none')).status, 404)
  },
  'a large file in a folder arrives unchanged': async (site) => {
    const content = await readFile(join(folder, large))
    const whole = await site.fetch(`/folder/${large}`)
    equal(whole.status, 200)
    ok(content.equals(await whole.bytes()))
    const headers = { range: 'bytes=1000-200000', 'if-range': whole.headers.get('etag')! }
    const part = await site.fetch(`/folder/${large}`, { headers })
    equal(part.status, 206)
    ok(content.subarray(1000, 200_001).equals(await part.bytes()))
  },
  'a large file is sent with its length': async (site) => {
    const { length } = await readFile(join(folder, large))
    const opened = site.open(`/folder/${large}`).end()
    const answer = await answerTo(opened)
    equal(answer.headers['content-length'], String(length))
    answer.leave()
  },
})
