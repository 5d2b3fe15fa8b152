import { httpWork } from '../harness/http-work.ts'
import { strict } from './rate-limit-data.ts'

const answer = { status: 200, type: 'text/plain', body: 'Hello, World!' }

/** A limit by address, with counters in memory. */
export const rateLimit = httpWork({
  name: 'rate-limit',
  about: 'GET / counts the request of an address in memory, and says in header fields how many are left.',
  frameworks: ['hono', 'fastify', 'express'],
  targets: [{ figure: 'requests/s', against: 'best peer', atLeast: 1.1 }],
  requests: [{ path: '/', answer }],
  alsoChecked: [
    ...Array.from({ length: strict }, () => ({ path: '/strict', answer })),
    { path: '/strict', answer: { status: 429, headers: { 'retry-after': /^(?:60|59)$/ } } },
  ],
  notes: [
    'Hono runs hono-rate-limiter, Express express-rate-limit. Each sends the fields of its library, which differ.',
  ],
})
