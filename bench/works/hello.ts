import { httpWork } from '../harness/http-work.ts'

/** The smallest request: shows the overhead of the server itself. */
export const hello = httpWork({
  name: 'hello',
  about: 'GET / returns a line of text.',
  targets: [
    { figure: 'requests/s', against: 'best peer', atLeast: 1 },
    { figure: 'requests/s', of: 'tsgi (engine)', against: 'best peer', atLeast: 1.4 },
  ],
  requests: [{ path: '/', answer: { status: 200, type: 'text/plain', body: 'Hello, World!' } }],
})
