import { equal, match } from 'node:assert/strict'
import { cases } from './site.ts'

export const limits = cases('Limits', {
  'a client over its rate limit gets 429': async (site) => {
    const first = await site.fetch('/limited?ada')
    match(first.headers.get('ratelimit') ?? '', /^"default";r=1;t=\d+$/)
    equal((await site.fetch('/limited?ada')).status, 200)
    const rejected = await site.fetch('/limited?ada')
    equal(rejected.status, 429)
    match(rejected.headers.get('retry-after') ?? '', /^\d+$/)
    equal((await site.fetch('/limited?bob')).status, 200)
  },
  'a body over the limit of a mount gets 413, with and without a length': async (site) => {
    const post = async (body: BodyInit) => (await site.post('/small', body)).status
    equal(await post('x'.repeat(10)), 200)
    equal(await post('x'.repeat(11)), 413)
    equal(await post(new Blob(['x'.repeat(10)]).stream()), 200)
    equal(await post(new Blob(['x'.repeat(11)]).stream()), 413)
  },
  'an application that takes too long gets 503 and an abort': async (site) => {
    equal((await site.fetch('/slow/timeout')).status, 503)
    await site.noted('timeout', 'aborted')
  },
})
