import { join } from 'node:path'
import { type Application, type Callable, type Middleware, stack, text } from '@tsgi/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { compileErrors } from '../../../scripts/compile-errors.ts'
import {
  type ContentSecurityPolicy,
  NONCE,
  type SecureHeadersOptions,
  secureHeaders,
  strictPolicy,
} from './index.ts'

type WithNonce = Middleware<{ nonce: string }>
const production = process.env.NODE_ENV === 'production'

describe('the type', () => {
  it('provides the nonce if a policy has one', () => {
    expectTypeOf(secureHeaders()).toEqualTypeOf<WithNonce>()
    expectTypeOf(secureHeaders({})).toEqualTypeOf<WithNonce>()
    expectTypeOf(secureHeaders({ referrerPolicy: 'origin' })).toEqualTypeOf<WithNonce>()
    expectTypeOf(secureHeaders({ contentSecurityPolicy: undefined })).toEqualTypeOf<WithNonce>()
    expectTypeOf(secureHeaders({ contentSecurityPolicy: strictPolicy })).toEqualTypeOf<WithNonce>()
    expectTypeOf(secureHeaders({ contentSecurityPolicy: { 'script-src': NONCE } })).toEqualTypeOf<WithNonce>()
    expectTypeOf(
      secureHeaders({ contentSecurityPolicy: { ...strictPolicy, 'img-src': ["'self'"] } }),
    ).toEqualTypeOf<WithNonce>()
    expectTypeOf(
      secureHeaders({ contentSecurityPolicy: false, reportOnly: { 'script-src': ["'self'", NONCE] } }),
    ).toEqualTypeOf<WithNonce>()
    const policy = { 'script-src': ["'self'", NONCE], 'img-src': ['data:'] } as const
    expectTypeOf(secureHeaders({ contentSecurityPolicy: policy })).toEqualTypeOf<WithNonce>()
    expectTypeOf(
      secureHeaders({ contentSecurityPolicy: production ? policy : strictPolicy }),
    ).toEqualTypeOf<WithNonce>()
  })

  it('provides nothing if no policy has one, or if that is not certain', () => {
    expectTypeOf(secureHeaders({ contentSecurityPolicy: false })).toEqualTypeOf<Middleware>()
    expectTypeOf(
      secureHeaders({ contentSecurityPolicy: { 'default-src': "'self'" } }),
    ).toEqualTypeOf<Middleware>()
    expectTypeOf(
      secureHeaders({ contentSecurityPolicy: production ? strictPolicy : false }),
    ).toEqualTypeOf<Middleware>()
    expectTypeOf(
      secureHeaders({ contentSecurityPolicy: production ? strictPolicy : { 'script-src': ["'self'"] } }),
    ).toEqualTypeOf<Middleware>()
    expectTypeOf(
      secureHeaders({ contentSecurityPolicy: { 'script-src': production ? NONCE : "'self'" } }),
    ).toEqualTypeOf<Middleware>()
    const policy: ContentSecurityPolicy = { 'script-src': [NONCE] }
    expectTypeOf(secureHeaders({ contentSecurityPolicy: policy })).toEqualTypeOf<Middleware>()
    const options: SecureHeadersOptions = {}
    expectTypeOf(secureHeaders(options)).toEqualTypeOf<Middleware>()
  })

  it('lets an application read the nonce as text', () => {
    const page: Application<{ nonce: string }> = ({ nonce }) => text(nonce)
    expectTypeOf(stack(secureHeaders())(page)).toEqualTypeOf<Application & Callable<unknown>>()
  })
})

describe('a mistake', () => {
  it('is a compile error that says what to do', () => {
    const preamble = `
      import { type Middleware, stack, text } from '@tsgi/core'
      import { client } from '@tsgi/core/testing'
      import { NONCE, secureHeaders } from '@tsgi/secure-headers'
      declare const needy: Middleware<object, { nonce: string }>
    `
    const programs = {
      'a nonce without NONCE': `stack(secureHeaders({ contentSecurityPolicy: { 'default-src': "'self'" } }))(({ nonce }) => text(nonce))`,
      'a nonce without a policy': `stack(secureHeaders({ contentSecurityPolicy: false }))(({ nonce }) => text(nonce))`,
      'a wrong order': `stack(needy, secureHeaders())`,
      'a missing layer': `client(stack(needy)(() => text('')))`,
      'two in one stack': `stack(secureHeaders(), secureHeaders())`,
      'a directive in camel case': `secureHeaders({ contentSecurityPolicy: { scriptSrc: ["'self'"] } })`,
      'a nonce for images': `secureHeaders({ contentSecurityPolicy: { 'img-src': [NONCE] } })`,
      'an unknown option': `secureHeaders({ hsts: false })`,
    }
    const messages = compileErrors(join(import.meta.dirname, '..'), preamble, programs)
    const expected: Record<keyof typeof programs, string> = {
      'a nonce without NONCE': "Property 'nonce' does not exist",
      'a nonce without a policy': "Property 'nonce' does not exist",
      'a wrong order':
        "'nonce' is provided later in this stack: move the middleware that provides it before this one",
      'a missing layer': "'nonce' is missing: apply the middleware that provides it",
      'two in one stack': "'nonce' is already provided in this stack",
      'a directive in camel case': 'scriptSrc',
      'a nonce for images': "Type 'symbol' is not assignable",
      'an unknown option': "'hsts' does not exist",
    }
    expect([...messages.keys()].sort()).toEqual(Object.keys(programs).sort())
    for (const [name, message] of Object.entries(expected))
      expect(messages.get(name), name).toContain(message)
  })
})
