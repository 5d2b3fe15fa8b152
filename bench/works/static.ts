import type { RunningContender } from '../harness/contender.ts'
import { check, send } from '../harness/exchange.ts'
import { type LoadRequest, load } from '../harness/load.ts'
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
    { figure: '304', against: 'best peer', atLeast: 1.5 },
    { figure: 'range', against: 'best peer', atLeast: 1.2 },
  ],
  notes: [
    'node-http runs sirv, which lists the folder once, when it starts.',
    'Hono has no tags for files, so it runs its middleware `etag`, which reads each file to compute one.',
  ],
  rounds: { full: 5, quick: 1 },

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
    await load({ port, requests: [{ path: smallFile }, { path: largeFile }], seconds: 1 })
    return etag
  },

  async measure(running, etag) {
    const small = await loaded(running, { path: smallFile })
    const large = await loaded(running, { path: largeFile })
    const cached = await loaded(running, { path: smallFile, headers: { 'if-none-match': etag } })
    const part = await loaded(running, { path: smallFile, headers: range })
    const missing = await loaded(running, { path: '/none' })
    return {
      figures: {
        '1 KB': perSecond(small.rate),
        'CPU, 1 KB': microseconds(small.cpu),
        '1 MB': perSecond(large.rate),
        'CPU, 1 MB': microseconds(large.cpu),
        '304': perSecond(cached.rate),
        'CPU, 304': microseconds(cached.cpu),
        range: perSecond(part.rate),
        'no file': perSecond(missing.rate),
        'CPU, no file': microseconds(missing.cpu),
      },
      errors: [small, large, cached, part, missing].reduce((sum, { errors }) => sum + errors, 0),
    }
  },
})

async function tagOf(port: number): Promise<string> {
  return (await send(port, { path: smallFile })).headers.etag ?? ''
}

/** Sends one request over and over for a second. */
async function loaded(running: RunningContender, request: LoadRequest) {
  const before = await running.usage()
  const { requests, requestsPerSecond, errors } = await load({
    port: running.port,
    requests: [request],
    seconds: 1,
  })
  const after = await running.usage()
  return { rate: requestsPerSecond, cpu: (after.cpu - before.cpu) / requests, errors }
}

function perSecond(value: number) {
  return { unit: 'requests/s', better: 'higher', value } as const
}

function microseconds(value: number) {
  return { unit: 'µs', better: 'lower', value } as const
}
