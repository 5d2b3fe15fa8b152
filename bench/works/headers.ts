import { httpWork } from '../harness/http-work.ts'
import { fields, origins } from './headers-data.ts'

const origin = origins[2]!

/** The headers that a site with an API for other origins sends. */
export const headers = httpWork({
  name: 'headers',
  about:
    'GET / from one of three allowed origins: CORS, a policy with a new nonce and five security headers.',
  targets: [{ figure: 'requests/s', against: 'best peer', atLeast: 1.2 }],
  requests: [
    {
      path: '/',
      headers: { origin },
      answer: {
        status: 200,
        type: 'text/plain',
        headers: {
          ...Object.fromEntries(fields),
          'access-control-allow-origin': origin,
          vary: /^origin$/i,
          'content-security-policy':
            /^default-src 'self'; ?script-src 'self' 'nonce-[\w+/=-]{22,}'; ?style-src 'self' 'nonce-[\w+/=-]{22,}'; ?object-src 'none'; ?base-uri 'none'; ?frame-ancestors 'self'$/,
        },
        body: 'Hello, World!',
      },
    },
  ],
  alsoChecked: [
    {
      method: 'OPTIONS',
      path: '/',
      headers: { origin, 'access-control-request-method': 'PUT' },
      answer: {
        status: 204,
        headers: { 'access-control-allow-origin': origin, 'access-control-allow-methods': /PUT/ },
        body: '',
      },
    },
  ],
  notes: ['h3, Koa and Remix have no middleware of their own for security headers; Koa runs koa-helmet'],
})
