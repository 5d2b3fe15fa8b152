import { describe, expect, it } from 'vitest'
import { NONCE, type SecureHeadersOptions, secureHeaders } from './index.ts'

const csp = (policy: unknown) => ({ contentSecurityPolicy: policy }) as SecureHeadersOptions
const script = (...sources: unknown[]) => csp({ 'script-src': sources })

describe('the options', () => {
  it.each<[SecureHeadersOptions, string]>([
    [
      script('https://a.com; object-src *'),
      `secureHeaders: contentSecurityPolicy: script-src must not have the value "https://a.com; object-src *"`,
    ],
    [script('https://a.com,https://b.com'), '"https://a.com,https://b.com"'],
    [script("'self' https:"), `"'self' https:". Pass several values as a list`],
    [script('https://a.com\nx'), String.raw`"https://a.com\nx"`],
    [script('https://a.com\0'), String.raw`\u0000`],
    [script('https://müller.example'), 'A value has visible ASCII'],
    [script(''), 'must not have the value ""'],
    [script(7), 'must not have the value 7'],
    [script(undefined), 'must not have the value undefined'],
    [script('self'), `script-src: "self" must be written as "'self'"`],
    [script('unsafe-inline'), `must be written as "'unsafe-inline'"`],
    [script('none'), `"'none'"`],
    [script('"self"'), `must be written as "'self'"`],
    [script('sha256-abc='), `must be written as "'sha256-abc='"`],
    [script("'selff'"), `"'selff'" is not a keyword: self, none, unsafe-inline`],
    [script("'nonce-abc'"), 'is a constant nonce. Use NONCE'],
    [script('nonce-abc'), 'is a constant nonce. Use NONCE'],
    [script("'SELF'"), `must be written as "'self'"`],
    [csp({ 'object-src': false }), 'object-src must not have the value false'],
    [script("'none'", 'https://a.com'), `script-src must not have other values beside "'none'"`],
    [script(NONCE, "'none'"), 'must not have other values beside'],
    [script('https'), `"https" is a scheme without its colon: 'https:'`],
    [script('data'), `'data:'`],
    [script('https://a.com?x'), 'is not a source such as'],
    [script('https://user@a.com'), 'is not a source such as'],
    [
      csp({ 'img-src': [NONCE] }),
      'img-src must not have the value Symbol(tsgi.nonce). NONCE has no effect there',
    ],
    [
      csp({ 'script-srcs': [] }),
      "secureHeaders: contentSecurityPolicy: unknown option 'script-srcs', did you mean 'script-src'?",
    ],
    [csp({ scriptSrc: [] }), "unknown option 'scriptSrc', did you mean 'script-src'?"],
    [csp({ 'script-src; x': [] }), "unknown option 'script-src; x'"],
    [csp({}), 'must have at least one directive. Pass false for no policy'],
    [csp({ 'script-src': undefined }), 'must have at least one directive'],
    [csp("default-src 'self'"), 'secureHeaders: contentSecurityPolicy: options must be an object'],
    [csp(true), 'options must be an object, got true'],
    [csp({ 'script-src': true }), 'must not have the value true'],
    [csp({ 'upgrade-insecure-requests': 'yes' }), 'upgrade-insecure-requests: "yes" must be true or false'],
    [csp({ sandbox: 'scripts' }), 'sandbox: "scripts" is not a token such as \'allow-scripts\''],
    [csp({ 'report-uri': [] }), 'report-uri must have a value, got 0'],
    [csp({ 'report-to': ['a', 'b'] }), 'report-to must have 1 value, got 2'],
    [csp({ 'report-to': 'https://a.com' }), 'is not the name of an endpoint'],
    [csp({ 'require-trusted-types-for': 'script' }), 'is not "\'script\'"'],
    [csp({ 'trusted-types': 'none' }), `must be written as "'none'"`],
    [
      { reportOnly: { 'script-src': 'self' } },
      `secureHeaders: reportOnly: script-src: "self" must be written`,
    ],
    [{ reportOnly: { sandbox: true, 'default-src': "'self'" } }, 'reportOnly: sandbox has no effect'],
    [
      { reportOnly: { 'upgrade-insecure-requests': true } },
      'reportOnly: upgrade-insecure-requests has no effect',
    ],
    [
      { strictTransportSecurity: { maxAge: 1.5 } },
      'strictTransportSecurity: maxAge must be a whole number of seconds',
    ],
    [{ strictTransportSecurity: { maxAge: -1 } }, 'maxAge must be'],
    [
      { strictTransportSecurity: { includeSubDomains: true } as never },
      'maxAge must be a whole number of seconds or text such as',
    ],
    [
      { strictTransportSecurity: { maxAge: 1, includeSubdomains: true } as never },
      "did you mean 'includeSubDomains'?",
    ],
    [
      { strictTransportSecurity: { maxAge: 1, includeSubDomains: 'yes' as never } },
      'includeSubDomains must be true or false, got "yes"',
    ],
    [
      { strictTransportSecurity: { maxAge: '365d', preload: true } },
      'preload needs includeSubDomains and a maxAge',
    ],
    [
      { strictTransportSecurity: { maxAge: '364d', includeSubDomains: true, preload: true } },
      'preload needs',
    ],
    [{ strictTransportSecurity: true as never }, 'options must be an object, got true'],
    [{ referrerPolicy: 'never' as never }, "secureHeaders: referrerPolicy must be false or 'no-referrer', "],
    [{ crossOriginOpenerPolicy: true as never }, 'crossOriginOpenerPolicy must be false or'],
    [
      { crossOriginResourcePolicy: 'same_site' as never },
      "must be false or 'same-origin', 'same-site', 'cross-origin', got \"same_site\"",
    ],
    [{ permissionsPolicy: {} }, 'permissionsPolicy must have at least one feature'],
    [{ permissionsPolicy: { 'Camera, x': [] } }, 'features in kebab case'],
    [{ permissionsPolicy: { screenWakeLock: [] } }, 'features in kebab case'],
    [
      { permissionsPolicy: { camera: 'self' as never } },
      "camera must be '*' or a list of 'self' and origins, got \"self\"",
    ],
    [{ permissionsPolicy: { camera: ["'self'"] } }, "camera must have 'self' without quotes"],
    [{ permissionsPolicy: { camera: ['none'] } }, '[] for none'],
    [{ permissionsPolicy: { camera: ['https://a.com/'] } }, "Write 'https://a.com'"],
    [{ permissionsPolicy: { camera: ['https://a.com") *'] } }, 'must be an origin'],
    [
      { contentSecurityPolices: {} } as never,
      "secureHeaders: unknown option 'contentSecurityPolices', did you mean 'contentSecurityPolicy'?",
    ],
    [null as never, 'secureHeaders: options must be an object, got null'],
  ])('are checked when the middleware is created: %j', (options, message) => {
    expect(() => secureHeaders(options)).toThrow(TypeError)
    expect(() => secureHeaders(options)).toThrow(message)
  })

  it('accept every kind of source', () => {
    const sources = [
      '*',
      '*:8443',
      'https:',
      'data:',
      'custom+scheme:',
      'a.com',
      '*.a.com',
      'a.com:8443',
      'a.com:*',
      'localhost:3000',
      '127.0.0.1',
      '[::1]:3000',
      'https://a.com',
      'https://*.a.com',
      'wss://a.com/socket',
      'https://a.com/path/file.js',
      'https://a.com/%3B',
      "'self'",
      "'unsafe-inline'",
      "'strict-dynamic'",
      "'report-sample'",
      "'wasm-unsafe-eval'",
      "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='",
      "'sha384-ab_-'",
    ]
    expect(() => secureHeaders(script(...sources))).not.toThrow()
  })
})
