/** Which requests get a cookie: the URL that sets it, its attributes, and the URL that is asked for. */
type Scope = readonly [attributes: string, from: string, to: string, isSent: boolean, source: string]

export const domains: readonly Scope[] = [
  ['', 'https://a.example/', 'https://a.example/', true, 'RFC 6265bis §5.8.3'],
  ['', 'https://a.example/', 'https://b.a.example/', false, 'RFC 6265bis §5.8.3'],
  ['', 'https://a.example/', 'https://a.example:8443/', true, 'RFC 6265bis §8.5'],
  ['Domain=', 'https://a.example/', 'https://b.a.example/', false, 'RFC 6265bis §5.7'],
  ['Domain=a.example', 'https://a.example/', 'https://a.example/', true, 'RFC 6265bis §5.1.3'],
  ['Domain=a.example', 'https://a.example/', 'https://c.b.a.example/', true, 'RFC 6265bis §5.1.3'],
  ['Domain=a.example', 'https://b.a.example/', 'https://c.a.example/', true, 'RFC 6265bis §5.1.3'],
  ['Domain=a.example', 'https://a.example/', 'https://ba.example/', false, 'RFC 6265bis §5.1.3'],
  ['Domain=.A.Example', 'https://a.example/', 'https://b.a.example/', true, 'RFC 6265bis §5.6.3'],
  ['Domain=b.a.example', 'https://a.example/', 'https://a.example/', false, 'RFC 6265bis §5.7'],
  ['Domain=other.example', 'https://a.example/', 'https://a.example/', false, 'RFC 6265bis §5.7'],
  ['Domain=ample', 'https://a.example/', 'https://a.example/', false, 'RFC 6265bis §5.1.3'],
  ['Domain=example', 'https://a.example/', 'https://a.example/', false, 'RFC 6265bis §5.7'],
  ['Domain=localhost', 'http://localhost/', 'http://localhost/', true, 'RFC 6265bis §5.7'],
  ['Domain=localhost', 'http://localhost/', 'http://a.localhost/', false, 'RFC 6265bis §5.7'],
  ['Domain=0.0.1', 'http://127.0.0.1/', 'http://127.0.0.1/', false, 'RFC 6265bis §5.1.3'],
  ['Domain=127.0.0.1', 'http://127.0.0.1/', 'http://127.0.0.1/', true, 'RFC 6265bis §5.1.3'],
]

export const paths: readonly Scope[] = [
  ['Path=/', 'https://a.example/x/y', 'https://a.example/z', true, 'RFC 6265bis §5.1.4'],
  ['Path=/x', 'https://a.example/', 'https://a.example/x', true, 'RFC 6265bis §5.1.4'],
  ['Path=/x', 'https://a.example/', 'https://a.example/x/', true, 'RFC 6265bis §5.1.4'],
  ['Path=/x', 'https://a.example/', 'https://a.example/x/y?z', true, 'RFC 6265bis §5.1.4'],
  ['Path=/x', 'https://a.example/', 'https://a.example/xy', false, 'RFC 6265bis §5.1.4'],
  ['Path=/x', 'https://a.example/', 'https://a.example/X', false, 'RFC 6265bis §5.1.4'],
  ['Path=/x', 'https://a.example/', 'https://a.example/', false, 'RFC 6265bis §5.1.4'],
  ['Path=/x/', 'https://a.example/', 'https://a.example/x/y', true, 'RFC 6265bis §5.1.4'],
  ['Path=/x/', 'https://a.example/', 'https://a.example/x', false, 'RFC 6265bis §5.1.4'],
  ['', 'https://a.example/x/y', 'https://a.example/x/z', true, 'RFC 6265bis §5.1.4'],
  ['', 'https://a.example/x/y', 'https://a.example/x', true, 'RFC 6265bis §5.1.4'],
  ['', 'https://a.example/x/y', 'https://a.example/', false, 'RFC 6265bis §5.1.4'],
  ['', 'https://a.example/x', 'https://a.example/y', true, 'RFC 6265bis §5.1.4'],
  ['Path=', 'https://a.example/x/y', 'https://a.example/', false, 'RFC 6265bis §5.6.4'],
  ['Path=x', 'https://a.example/x/y', 'https://a.example/x/z', true, 'RFC 6265bis §5.6.4'],
  ['Path="/"', 'https://a.example/x/y', 'https://a.example/', false, 'RFC 6265bis §5.6.4'],
]

export const schemes: readonly Scope[] = [
  ['', 'https://a.example/', 'http://a.example/', true, 'RFC 6265bis §8.5'],
  ['Secure', 'https://a.example/', 'https://a.example/', true, 'RFC 6265bis §5.8.3'],
  ['Secure', 'https://a.example/', 'http://a.example/', false, 'RFC 6265bis §5.8.3'],
  ['Secure', 'http://a.example/', 'https://a.example/', false, 'RFC 6265bis §5.7'],
  ['Secure', 'http://localhost/', 'http://localhost/', true, 'Secure Contexts §3.1'],
  ['Secure', 'http://127.0.0.1/', 'http://127.0.0.1/', true, 'Secure Contexts §3.1'],
]
