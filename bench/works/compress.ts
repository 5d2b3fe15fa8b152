import { httpWork } from '../harness/http-work.ts'
import { orders } from './compress-data.ts'

const answer = {
  status: 200,
  type: 'application/json',
  headers: { 'content-encoding': 'gzip' },
  body: JSON.stringify(orders),
}

/** A response that is compressed for each request. */
export const compress = httpWork({
  name: 'compress',
  about: 'GET / returns 50 KB of JSON, compressed with gzip at level 6.',
  targets: [
    { figure: 'requests/s', against: 'best peer', atLeast: 1 },
    { figure: 'requests/s', against: 'hono', atLeast: 1.5 },
  ],
  requests: [{ path: '/', headers: { 'accept-encoding': 'gzip' }, answer }],
})
