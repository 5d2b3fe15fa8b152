import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ContentSecurityPolicy, NONCE, secureHeaders } from './index.ts'

/** Parses a policy as CSP Level 3 §2.2.1 says. */
function parsePolicy(header: string): [string, string[]][] {
  const seen = new Map<string, string[]>()
  for (const token of header.split(';')) {
    const [name, ...values] = token.split(/[\t\n\f\r ]+/).filter((part) => part !== '')
    if (name !== undefined && !seen.has(name.toLowerCase())) seen.set(name.toLowerCase(), values)
  }
  return [...seen]
}

const label = fc.stringMatching(/^[a-z\d]([a-z\d-]{0,8}[a-z\d])?$/)
const host = fc
  .tuple(fc.boolean(), fc.array(label, { minLength: 1, maxLength: 4 }))
  .map(([star, labels]) => (star ? '*.' : '') + labels.join('.'))
  .filter((name) => !/^(?:https?|wss?|data|blob|filesystem|mediastream|self|none|nonce-.*)$/.test(name))
const port = fc.oneof(
  fc.constant(''),
  fc.constant(':*'),
  fc.integer({ min: 1, max: 65535 }).map((n) => `:${n}`),
)
const path = fc.oneof(fc.constant(''), fc.stringMatching(/^\/[\w./%~!$&'()*+=:@-]{0,12}$/))
const scheme = fc.constantFrom('', 'https://', 'http://', 'wss://')
const source = fc.oneof(
  fc.tuple(scheme, host, port, path).map((parts) => parts.join('')),
  fc.constantFrom("'self'", "'unsafe-inline'", "'strict-dynamic'", 'https:', 'data:', '*'),
  fc.base64String({ minLength: 4 }).map((hash) => `'sha256-${hash}'`),
)
const sources = fc.uniqueArray(source, { minLength: 1, maxLength: 6 })
const sourcesWithNonce = fc.uniqueArray(fc.oneof(source, fc.constant(NONCE)), { minLength: 1, maxLength: 6 })
const policies = fc
  .record(
    {
      'default-src': sourcesWithNonce,
      'script-src': sourcesWithNonce,
      'style-src-elem': sourcesWithNonce,
      'img-src': sources,
      'connect-src': sources,
      'frame-ancestors': sources,
      'form-action': sources,
      sandbox: fc.uniqueArray(
        fc.constantFrom('allow-scripts', 'allow-forms', 'allow-popups-to-escape-sandbox'),
      ),
      'report-uri': fc.constant(['/reports?kind=csp', 'https://reports.example/1']),
      'upgrade-insecure-requests': fc.constant(true),
    },
    { requiredKeys: [] },
  )
  .filter((policy) => Object.keys(policy).length > 0)

it('writes every policy so that a browser reads the same directives and values', async () => {
  await fc.assert(
    fc.asyncProperty(policies, async (contentSecurityPolicy) => {
      let nonce = ''
      const web = secureHeaders({ contentSecurityPolicy: contentSecurityPolicy as ContentSecurityPolicy })(
        (environ) => {
          nonce = (environ as { nonce?: string }).nonce ?? ''
          return text('')
        },
      )
      const { headers } = await client(web, { baseUrl: 'https://example.com' }).get('/')
      const header = headers.get('content-security-policy')!
      expect(header).not.toMatch(/,|\0/)
      const expected = Object.entries(contentSecurityPolicy).map(([name, values]) => [
        name,
        values === true ? [] : values.map((value) => (value === NONCE ? `'nonce-${nonce}'` : value)),
      ])
      expect(parsePolicy(header)).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

it('never lets a value add a directive, another value or a policy', () => {
  const hostile = fc
    .string({ unit: 'binary', maxLength: 30 })
    .filter((value) => /[^\x21-\x7e]|[;,]/.test(value))
  fc.assert(
    fc.property(hostile, (value) => {
      expect(() => secureHeaders({ contentSecurityPolicy: { 'img-src': [value] } })).toThrow(TypeError)
      expect(() => secureHeaders({ contentSecurityPolicy: { 'report-uri': value } })).toThrow(TypeError)
      expect(() => secureHeaders({ contentSecurityPolicy: { [value]: [] } })).toThrow(TypeError)
    }),
  )
})
