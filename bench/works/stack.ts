import { httpWork } from '../harness/http-work.ts'
import { fields } from './stack-data.ts'

/** What a layer of middleware costs. */
export const stack = httpWork({
  name: 'stack',
  about:
    'GET / passes ten middleware, each of which adds a header field, and is answered with a line of text.',
  targets: [{ figure: 'requests/s', against: 'best peer', atLeast: 1.3 }],
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
