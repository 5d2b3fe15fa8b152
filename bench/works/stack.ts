import { httpWork } from '../harness/http-work.ts'
import { fields } from './stack-data.ts'

/** The cost of a layer of middleware. */
export const stack = httpWork({
  name: 'stack',
  about: 'GET / returns a line of text through ten middleware, each of which adds a header field.',
  targets: [
    { figure: 'requests/s', against: 'best peer', atLeast: 1 },
    { figure: 'requests/s', of: 'tsgi (engine)', against: 'best peer', atLeast: 1.3 },
  ],
  requests: [
    {
      path: '/',
      answer: {
        status: 200,
        type: 'text/plain',
        headers: Object.fromEntries(fields),
        body: 'Hello, World!',
      },
    },
  ],
})
