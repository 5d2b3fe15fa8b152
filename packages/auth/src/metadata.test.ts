import { openapi } from '@tsgi/args'
import { type Application, json, stack } from '@tsgi/core'
import { describe as described, route, router } from '@tsgi/router'
import { describe, expect, it } from 'vitest'
import { basicAuth, bearerAuth } from './index.ts'
import { jwtAuth } from './jwt/jwt-auth.ts'
import { signedIn } from './session.ts'

const handler: Application = () => json({})
const verify = () => ({ name: 'Ada' })
const jwt = {
  issuer: 'https://id.example',
  audience: 'api',
  algorithms: ['ES256'],
  jwks: 'https://id.example/keys',
} as const

const operationOf = (app: Application<never>) => {
  const document = openapi({ routes: () => [{ pattern: '/', method: 'GET', application: app }] }, info)
  return { ...document.paths['/']!.get!, schemes: document.components.securitySchemes }
}
const info = { title: 'Test', version: '1.0.0' }

describe('authentication in a document', () => {
  it.each([
    [
      'basicAuth',
      basicAuth({ realm: 'Reports', verify })(handler),
      [{ basicAuth: [] }],
      { type: 'http', scheme: 'basic' },
      ['401', 'default'],
    ],
    [
      'bearerAuth',
      bearerAuth({ verify })(handler),
      [{ bearerAuth: [] }],
      { type: 'http', scheme: 'bearer' },
      ['401', '403', 'default'],
    ],
    [
      'bearerAuth',
      bearerAuth({ verify, optional: true })(handler),
      [{ bearerAuth: [] }, {}],
      { type: 'http', scheme: 'bearer' },
      ['401', '403', 'default'],
    ],
    [
      'jwtAuth',
      jwtAuth(jwt)(handler),
      [{ jwtAuth: [] }],
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      ['401', '403', 'default'],
    ],
  ])('%s has its scheme and its responses', (name, app, security, scheme, statuses) => {
    const operation = operationOf(app)
    expect(operation.security).toEqual(security)
    expect(operation.schemes).toEqual({ [name]: scheme })
    expect(Object.keys(operation.responses).sort()).toEqual(statuses)
  })

  it('signedIn has its response', () => {
    const operation = operationOf(signedIn({ load: (id) => ({ id }) })(handler))
    expect(operation.responses['401']?.description).toBe('Sign in first.')
  })

  it('applies to all routes inside, in addition to that of outer layers, unless a route removes it', () => {
    const app = stack(
      bearerAuth({ verify }),
      described({ responses: { 429: 'Too many requests.' } }),
    )(
      router({
        '/both': { GET: basicAuth({ realm: 'Reports', verify })(handler) },
        '/open': { GET: route({ security: [] }, handler) },
        '/token': { GET: handler },
      }),
    )
    for (const { paths, components } of [openapi(app, info), openapi(app, info)]) {
      const security = Object.values(paths).map(({ get }) => get?.security)
      expect(security).toEqual([[{ bearerAuth: [], basicAuth: [] }], [], [{ bearerAuth: [] }]])
      expect(Object.keys(components.securitySchemes ?? {}).sort()).toEqual(['basicAuth', 'bearerAuth'])
      expect(Object.keys(paths['/token']?.get?.responses ?? {})).toEqual(['401', '403', '429', 'default'])
    }
  })
})
