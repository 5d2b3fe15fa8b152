import { equal, match, notEqual } from 'node:assert/strict'
import { cases } from './site.ts'

const origin = 'https://app.example'

export const security = cases('Other origins', {
  'an allowed origin gets an answer to its preflight': async (site) => {
    const preflight = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'PUT' }
      const response = await site.fetch('/secured', { method: 'OPTIONS', headers })
      await response.body?.cancel()
      return response
    }
    const allowed = await preflight(origin)
    equal(allowed.status, 204)
    equal(allowed.headers.get('access-control-allow-origin'), origin)
    equal((await preflight('https://evil.example')).status, 403)
  },
  'an allowed origin can read an unexpected error': async (site) => {
    const response = await site.fetch('/secured/broken', { headers: { origin } })
    equal(response.status, 500)
    equal(response.headers.get('access-control-allow-origin'), origin)
    match(response.headers.get('content-security-policy') ?? '', /nonce-/)
    await response.body?.cancel()
  },
  'a form of another site is rejected': async (site) => {
    const post = async (headers: Record<string, string>) =>
      (await site.post('/secured', 'a=1', headers)).status
    equal(await post({ 'sec-fetch-site': 'cross-site' }), 403)
    equal(await post({ origin: 'https://evil.example' }), 403)
    equal(await post({ origin: `http://${site.host}` }), 200)
  },
  'each response has a policy with its own nonce': async (site) => {
    const seen: string[] = []
    for (let n = 0; n < 2; n++) {
      const response = await site.fetch('/secured')
      const nonce = await response.text()
      equal(response.headers.get('content-security-policy'), `script-src 'self' 'nonce-${nonce}'`)
      seen.push(nonce)
    }
    notEqual(seen[0], seen[1])
  },
})
