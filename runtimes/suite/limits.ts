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
})
