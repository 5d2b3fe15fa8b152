import { httpWork } from '../harness/http-work.ts'

/** The least that a server can be asked: what its own overhead is. */
export const hello = httpWork({
  name: 'hello',
  about: 'GET / is answered with a line of text.',
  targets: [{ figure: 'requests/s', against: 'best peer', atLeast: 1 }],
  requests: [{ path: '/', answer: { status: 200, type: 'text/plain', body: 'Hello, World!' } }],
})
