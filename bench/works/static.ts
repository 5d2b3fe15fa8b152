import { check, send } from '../harness/exchange.ts'
import { load } from '../harness/load.ts'
import { measuredLoad } from '../harness/measured-load.ts'
import { sideBySide } from '../harness/side-by-side.ts'
import { large, small } from './static-data.ts'

const smallFile = '/assets/small.png'
const largeFile = '/assets/large.png'
const range = { range: 'bytes=100-199' }
const type = 'image/png'

/** Files from a folder. */
export const staticFiles = sideBySide({
  name: 'static',
  about:
    'GET returns a file of 1 KB, one of 1 MB, a 304 for the tag of the first, and 100 bytes of it; or the application responds, because there is no such file.',
  headline: '1 KB',
  frameworks: ['hono', 'fastify', 'express'],
  targets: [
    { figure: '1 KB', against: 'best peer', atLeast: 1.2 },
    { figure: '1 KB', against: 'node-http', atLeast: 0.6 },
    { figure: '1 MB', against: 'best peer', atLeast: 1 },
    { figure: 'status 304', against: 'best peer', atLeast: 1.5 },
    { figure: 'range', against: 'best peer', atLeast: 1.2 },
  ],
  notes: [
    'node-http runs sirv, which lists the folder once, when it starts.',
    'Hono has no tags for files, so it runs its middleware `etag`, which reads each file to compute one.',
  ],

  async check({ name, port }) {
    const etag = await tagOf(port)
    await check(name, port, [
      { path: smallFile, answer: { status: 200, type, body: small } },
      { path: largeFile, answer: { status: 200, type, body: large } },
      { path: smallFile, headers: { 'if-none-match': etag }, answer: { status: 304, body: '' } },
      { path: smallFile, headers: range, answer: { status: 206, type, body: small.slice(100, 200) } },
      { path: '/none', answer: { status: 200, body: 'none' } },
    ])
  },

  async prepare({ port }) {
    const etag = await tagOf(port)
    const cached = { path: smallFile, headers: { 'if-none-match': etag } }
    const requests = [{ path: smallFile }, cached, { path: smallFile, headers: range }, { path: '/none' }]
    await load({ port, requests, seconds: 0.7 })
    await load({ port, requests: [{ path: largeFile }], seconds: 0.3 })
    return etag
  },

  async measure(running, etag) {
    const measured = (path: string, headers: Record<string, string> = {}) =>
      measuredLoad(running, [{ path, headers }], { seconds: 0.4 })
    const small = await measured(smallFile)
    const cached = await measured(smallFile, { 'if-none-match': etag })
    const part = await measured(smallFile, range)
    const missing = await measured('/none')
    // The last one: the memory of its buffers is collected for a while after it.
    const large = await measured(largeFile)
    return {
      figures: {
        '1 KB': small.perSecond,
        'CPU, 1 KB': small.cpu,
        '1 MB': large.perSecond,
        'CPU, 1 MB': large.cpu,
        'status 304': cached.perSecond,
        'CPU, status 304': cached.cpu,
        range: part.perSecond,
        'CPU, range': part.cpu,
        'no file': missing.perSecond,
        'CPU, no file': missing.cpu,
      },
      errors: [small, large, cached, part, missing].reduce((sum, { errors }) => sum + errors, 0),
    }
  },
})

async function tagOf(port: number): Promise<string> {
  return (await send(port, { path: smallFile })).headers.etag ?? ''
}
