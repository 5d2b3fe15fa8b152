import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { responseCache } from '../index.ts'

type Fields = Record<string, string>

/** A request after the given seconds, and what the cache should do. */
interface Step {
  readonly after?: number
  readonly method?: string
  readonly path?: string
  readonly headers?: Fields
  /** The response of the application. */
  readonly response?: Fields & { status?: string }
  /** Whether the application is called; by default, it may be. */
  readonly expect?: 'cached' | 'forwarded'
  readonly status?: number
  readonly fields?: Fields
  /** Request fields that the application should see; `''` for none. */
  readonly seen?: Fields
}

const now = new Date('2026-11-28T12:00:00Z')
const dateAt = (seconds: number) => new Date(now.getTime() + seconds * 1000).toUTCString()

beforeEach(() => void vi.useFakeTimers({ now, toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

async function run(steps: readonly Step[]): Promise<void> {
  let calls = 0
  let step: Step = {}
  let seen: Headers | undefined
  const app = responseCache()(({ headers }) => {
    calls += 1
    seen = headers
    const { status = '200', ...fields } = step.response ?? {}
    // Like a server that validates.
    const isCurrent = fields.etag !== undefined && headers.get('if-none-match') === fields.etag
    if (isCurrent || (status === '304' && seen.has('if-modified-since'))) {
      return new Response(null, { status: 304, headers: fields })
    }
    return text(`call ${calls}`, { status: Number(status), headers: fields })
  })
  const web = client(app, { errors: { write() {} } })
  for (const [index, each] of steps.entries()) {
    step = each
    seen = undefined
    const before = calls
    vi.setSystemTime(Date.now() + (step.after ?? 0) * 1000)
    const response = await web.request(step.method ?? 'GET', step.path ?? '/', {
      headers: step.headers ?? {},
    })
    const label = `step ${index + 1}`
    if (step.expect !== undefined) {
      expect(calls === before ? 'cached' : 'forwarded', label).toBe(step.expect)
    }
    if (step.status !== undefined) expect(response.status, label).toBe(step.status)
    for (const [name, value] of Object.entries(step.fields ?? {})) {
      expect(response.headers.get(name) ?? '', `${label}: ${name}`).toBe(value)
    }
    for (const [name, value] of Object.entries(step.seen ?? {})) {
      expect((seen as Headers | undefined)?.get(name) ?? '', `${label}: ${name} of the request`).toBe(value)
    }
  }
}

/** A first response with the fields, and a second request for it after some seconds. */
const then = (response: Step['response'] & {}, expected: Step['expect'] & {}, after = 5): Step[] => [
  { response, expect: 'forwarded' },
  { after, response, expect: expected },
]
const fresh = { 'cache-control': 'max-age=60' }
const cc = (value: string) => ({ 'cache-control': value })

const freshness: [string, Step[]][] = [
  ['stores no response without freshness information', then({}, 'forwarded', 0)],
  ['sends a response while it is within max-age', then(cc('max-age=60'), 'cached', 59)],
  ['forwards a request when max-age is over', then(cc('max-age=60'), 'forwarded', 60)],
  ['never sends a response with max-age=0 without validation', then(cc('max-age=0'), 'forwarded', 0)],
  ['prefers s-maxage to max-age', then(cc('max-age=1, s-maxage=60'), 'cached')],
  ['prefers s-maxage to max-age if it is shorter', then(cc('max-age=60, s-maxage=1'), 'forwarded')],
  ['prefers max-age to Expires', then({ ...fresh, expires: dateAt(-100) }, 'cached')],
  ['ignores Expires if there is a max-age', then({ ...cc('max-age=1'), expires: dateAt(100) }, 'forwarded')],
  ['sends a response until Expires', then({ expires: dateAt(60) }, 'cached')],
  ['measures Expires from Date', then({ date: dateAt(-60), expires: dateAt(0) }, 'forwarded', 0)],
  ['treats Expires: 0 as expired', then({ expires: '0' }, 'forwarded', 0)],
  [
    'treats an invalid Expires as expired',
    then({ expires: 'Mon, 33 Nov 2026 12:00:00 GMT' }, 'forwarded', 0),
  ],
  ['counts the Age of the response', then({ ...fresh, age: '58' }, 'forwarded')],
  ['ignores an invalid Age', then({ ...fresh, age: 'old' }, 'cached')],
  ['uses the first value of Age', then({ ...fresh, age: '58, 0' }, 'forwarded')],
  ['counts the time since Date', then({ ...fresh, date: dateAt(-58) }, 'forwarded')],
  ['ignores a Date in the future', then({ ...fresh, date: dateAt(600) }, 'cached')],
  ['accepts directives in any case', then(cc('MaX-AgE=60'), 'cached')],
  ['accepts a quoted max-age', then(cc('max-age="60"'), 'cached')],
  ['ignores max-age inside a quoted value', then(cc('extension="max-age=60", max-age=1'), 'forwarded')],
  ['ignores max-age inside a quoted value at the end', then(cc('max-age=1, x="max-age=60"'), 'forwarded')],
  ['ignores escaped quotes', then(cc('x="\\", max-age=60, y=\\"", max-age=1'), 'forwarded')],
  ['accepts leading zeros', then(cc('max-age=0060'), 'cached')],
  ['accepts a very long max-age', then(cc(`max-age=${'9'.repeat(40)}`), 'cached', 100_000)],
  ['uses the first of two', then(cc('max-age=60, max-age=1'), 'cached')],
  ["rejects max-age='60'", then(cc("max-age='60'"), 'forwarded', 0)],
  ['rejects max-age=60a', then(cc('max-age=60a'), 'forwarded', 0)],
  ['rejects a negative max-age', then(cc('max-age=-60'), 'forwarded', 0)],
  ['rejects max-age without a value', then(cc('max-age'), 'forwarded', 0)],
  ['rejects a space around the equals sign', then(cc('max-age = 60'), 'forwarded', 0)],
]

const storing: [string, Step[]][] = [
  ['stores no response with no-store', then(cc('no-store, max-age=60'), 'forwarded', 0)],
  [
    'stores one with no-store and must-understand',
    then(cc('no-store, must-understand, max-age=60'), 'cached'),
  ],
  ['stores no private response', then(cc('private, max-age=60'), 'forwarded', 0)],
  ['stores no response with private fields', then(cc('private="x", max-age=60'), 'forwarded', 0)],
  [
    'stores no response that sets a cookie',
    then({ ...cc('public, max-age=60'), 'set-cookie': 'a=1' }, 'forwarded', 0),
  ],
  [
    'stores a response with no-cache, but validates it',
    [
      { response: { ...cc('no-cache, max-age=60'), etag: '"1"' } },
      {
        response: { ...cc('no-cache, max-age=60'), etag: '"1"' },
        expect: 'forwarded',
        seen: { 'if-none-match': '"1"' },
        status: 200,
      },
    ],
  ],
  [
    'stores public responses with a validator',
    [
      { response: { ...cc('public'), etag: '"1"' } },
      { response: { ...cc('public'), etag: '"1"' }, expect: 'forwarded', seen: { 'if-none-match': '"1"' } },
    ],
  ],
  ...[200, 203, 301, 302, 307, 308, 404, 410, 414, 501].map((status): [string, Step[]] => [
    `stores a ${status} that is fresh`,
    then({ ...fresh, status: String(status) }, 'cached'),
  ]),
  ...[201, 202, 400, 401, 403, 500, 502, 503, 504, 299].map((status): [string, Step[]] => [
    `does not store a ${status}`,
    then({ ...fresh, status: String(status) }, 'forwarded', 0),
  ]),
  ['does not store a 206', then({ ...fresh, status: '206', 'content-range': 'bytes 0-5/6' }, 'forwarded', 0)],
  ['does not store an event stream', then({ ...fresh, 'content-type': 'text/event-stream' }, 'forwarded', 0)],
  [
    'stores no response to a request with Authorization',
    [
      { headers: { authorization: 'x' }, response: fresh },
      { response: fresh, expect: 'forwarded' },
    ],
  ],
  ...['public', 's-maxage=60', 'must-revalidate'].map((directive): [string, Step[]] => [
    `stores it with ${directive}`,
    [
      { headers: { authorization: 'x' }, response: cc(`max-age=60, ${directive}`) },
      { expect: 'cached' },
      { headers: { authorization: 'y' }, expect: 'cached' },
    ],
  ]),
  [
    'sends other responses only to requests without Authorization',
    [{ response: fresh }, { headers: { authorization: 'x' }, response: cc('private'), expect: 'forwarded' }],
  ],
  ['stores no response to POST', [{ method: 'POST', response: fresh }, { expect: 'forwarded' }]],
  [
    'stores no response to a request with no-store',
    [{ headers: cc('no-store'), response: fresh }, { expect: 'forwarded' }],
  ],
]

const vary: [string, Step[]][] = [
  [
    'sends a response to requests with the same selecting fields',
    [
      { headers: { foo: '1' }, response: { ...fresh, vary: 'Foo' } },
      { headers: { foo: '1' }, expect: 'cached' },
    ],
  ],
  [
    'forwards a request with others',
    [
      { headers: { foo: '1' }, response: { ...fresh, vary: 'Foo' } },
      { headers: { foo: '2' }, response: { ...fresh, vary: 'Foo' }, expect: 'forwarded' },
      { headers: { foo: '1' }, expect: 'cached' },
      { headers: { foo: '2' }, expect: 'cached' },
    ],
  ],
  [
    'forwards a request without the field',
    [{ headers: { foo: '1' }, response: { ...fresh, vary: 'Foo' } }, { expect: 'forwarded' }],
  ],
  ['matches two requests without the field', [{ response: { ...fresh, vary: 'Foo' } }, { expect: 'cached' }]],
  [
    'does not take an empty field for a missing one',
    [{ response: { ...fresh, vary: 'Foo' } }, { headers: { foo: '' }, expect: 'forwarded' }],
  ],
  [
    'compares all fields',
    [
      { headers: { foo: '1', bar: 'a' }, response: { ...fresh, vary: 'Foo, Bar' } },
      { headers: { foo: '1', bar: 'b' }, response: { ...fresh, vary: 'Foo, Bar' }, expect: 'forwarded' },
      { headers: { foo: '1', bar: 'a', other: 'x' }, expect: 'cached' },
    ],
  ],
  ['never matches Vary: *', then({ ...fresh, vary: '*' }, 'forwarded', 0)],
  ['never matches a list with *', then({ ...fresh, vary: 'Foo, *' }, 'forwarded', 0)],
  ['stores no response with an invalid Vary', then({ ...fresh, vary: 'Foo Bar' }, 'forwarded', 0)],
  [
    'ignores case and spaces of Accept-Encoding',
    [
      { headers: { 'accept-encoding': 'gzip, BR' }, response: { ...fresh, vary: 'Accept-Encoding' } },
      { headers: { 'accept-encoding': 'gzip,br' }, expect: 'cached' },
      { headers: { 'accept-encoding': 'gzip' }, expect: 'forwarded' },
    ],
  ],
  [
    'finds responses that vary by different fields',
    [
      { headers: { foo: '1' }, response: { ...fresh, vary: 'Foo' } },
      { headers: { foo: '2', bar: 'a' }, response: { ...fresh, vary: 'Bar' } },
      { headers: { foo: '2', bar: 'a' }, expect: 'cached' },
      { headers: { foo: '2', bar: 'b' }, expect: 'forwarded' },
    ],
  ],
]

const etag = { ...cc('max-age=5'), etag: '"1"' }
const modified = { ...cc('max-age=5'), 'last-modified': dateAt(-3600) }

const validation: [string, Step[]][] = [
  [
    'responds with 304 if the client has a fresh response',
    [
      { response: etag },
      {
        headers: { 'if-none-match': '"1"' },
        expect: 'cached',
        status: 304,
        fields: { etag: '"1"', 'content-length': '', 'cache-control': 'max-age=5' },
      },
    ],
  ],
  [
    'responds with 200 if it has another',
    [{ response: etag }, { headers: { 'if-none-match': '"2"' }, expect: 'cached', status: 200 }],
  ],
  [
    'compares tags weakly, in lists too',
    [{ response: etag }, { headers: { 'if-none-match': '"a,b", W/"1"' }, expect: 'cached', status: 304 }],
  ],
  [
    'prefers If-None-Match to If-Modified-Since',
    [
      { response: { ...etag, 'last-modified': dateAt(-10) } },
      { headers: { 'if-none-match': '"1"', 'if-modified-since': dateAt(-100) }, status: 304 },
      { headers: { 'if-none-match': '"2"', 'if-modified-since': dateAt(0) }, status: 200 },
    ],
  ],
  [
    'responds with 304 by If-Modified-Since',
    [
      { response: modified },
      { headers: { 'if-modified-since': dateAt(-3600) }, expect: 'cached', status: 304 },
      { headers: { 'if-modified-since': dateAt(-3601) }, expect: 'cached', status: 200 },
    ],
  ],
  [
    'forwards the conditions of the client if nothing is stored',
    [{ headers: { 'if-none-match': '"x"' }, seen: { 'if-none-match': '"x"' } }],
  ],
  [
    'validates a stale response with its tag',
    [
      { response: etag },
      {
        after: 6,
        response: etag,
        expect: 'forwarded',
        seen: { 'if-none-match': '"1"' },
        status: 200,
        fields: { age: '0' },
      },
      { after: 1, expect: 'cached' },
    ],
  ],
  [
    'validates a stale response with its date',
    [
      { response: modified },
      {
        after: 6,
        response: { ...modified, status: '304' },
        seen: { 'if-modified-since': dateAt(-3600) },
        status: 200,
      },
      { after: 1, expect: 'cached' },
    ],
  ],
  [
    'validates with a weak tag',
    [
      { response: { ...etag, etag: 'W/"1"' } },
      { after: 6, response: { ...etag, etag: 'W/"1"' }, seen: { 'if-none-match': 'W/"1"' }, status: 200 },
    ],
  ],
  [
    'replaces the conditions of the client when it validates, and evaluates them itself',
    [
      { response: etag },
      {
        after: 6,
        headers: { 'if-none-match': '"0"', 'if-modified-since': dateAt(0) },
        response: etag,
        seen: { 'if-none-match': '"1"', 'if-modified-since': '' },
        status: 200,
      },
      { after: 6, headers: { 'if-none-match': '"1"' }, response: etag, expect: 'forwarded', status: 304 },
      {
        after: 6,
        headers: { 'if-none-match': '"2"' },
        response: { ...etag, etag: '"2"' },
        expect: 'forwarded',
        status: 304,
      },
      { headers: { 'if-none-match': '"1"' }, expect: 'cached', status: 200 },
    ],
  ],
  [
    'updates the fields of a stored response by a 304',
    [
      { response: { ...etag, 'x-a': '1', 'x-b': '1', 'content-encoding': 'x' } },
      {
        after: 6,
        response: { ...etag, 'x-a': '2', 'x-c': '3', 'content-encoding': 'y', 'cache-control': 'max-age=50' },
        fields: { 'x-a': '2', 'x-b': '1', 'x-c': '3', 'content-encoding': 'x' },
      },
      { after: 40, expect: 'cached', fields: { 'x-a': '2', 'x-b': '1', 'x-c': '3', 'content-length': '6' } },
    ],
  ],
  [
    'removes a response if a 304 forbids to store it',
    [
      { response: etag },
      { after: 6, response: { ...etag, 'cache-control': 'private' }, status: 200 },
      { expect: 'forwarded', seen: { 'if-none-match': '' } },
    ],
  ],
  [
    'passes the cookies of a 304 on, and does not store them',
    [
      { response: etag },
      { after: 6, response: { ...etag, 'set-cookie': 'a=1' }, status: 200, fields: { 'set-cookie': 'a=1' } },
      { expect: 'forwarded' },
    ],
  ],
  [
    'replaces a stale response by a new one',
    [
      { response: etag },
      { after: 6, response: { ...etag, etag: '"2"' }, status: 200, fields: { etag: '"2"' } },
      { expect: 'cached', fields: { etag: '"2"' } },
    ],
  ],
  [
    'does not validate with the tag of another variant',
    [
      { headers: { foo: '1' }, response: { ...etag, vary: 'Foo' } },
      { headers: { foo: '2' }, seen: { 'if-none-match': '' } },
    ],
  ],
]

const staleness: [string, Step[]][] = [
  [
    'does not send a stale response if the application fails',
    [{ response: cc('max-age=5') }, { after: 6, response: { status: '500' }, status: 500 }],
  ],
  [
    'sends it within stale-if-error',
    [
      { response: cc('max-age=5, stale-if-error=10') },
      ...['500', '502', '503', '504'].map(
        (status): Step => ({ after: 2.2, response: { status }, status: 200 }),
      ),
      { after: 10, response: { status: '500' }, status: 500 },
    ],
  ],
  [
    'does not send it instead of a 404',
    [
      { response: cc('max-age=5, stale-if-error=10') },
      { after: 6, response: { status: '404' }, status: 404 },
    ],
  ],
  ...['must-revalidate', 'proxy-revalidate', 'no-cache'].flatMap((directive): [string, Step[]][] => [
    [
      `does not send it with ${directive}`,
      [
        { response: { ...cc(`max-age=5, stale-if-error=10, ${directive}`), etag: '"1"' } },
        { after: 6, response: { status: '500' }, status: 500 },
      ],
    ],
    [
      `does not send a stale response with stale-while-revalidate and ${directive}`,
      [
        { response: cc(`max-age=5, stale-while-revalidate=10, ${directive}`) },
        { after: 6, expect: 'forwarded', fields: { age: '' } },
      ],
    ],
  ]),
  ['sends fresh responses with must-revalidate', then(cc('max-age=60, must-revalidate'), 'cached')],
  ['sends fresh responses with proxy-revalidate', then(cc('max-age=60, proxy-revalidate'), 'cached')],
]

const directives: [string, Step[]][] = [
  ['honors max-age=0', [{ response: fresh }, { headers: cc('max-age=0'), expect: 'forwarded' }]],
  [
    'honors max-age',
    [
      { response: fresh },
      { after: 5, headers: cc('max-age=10'), expect: 'cached' },
      { after: 5, headers: cc('max-age=10'), expect: 'forwarded' },
    ],
  ],
  [
    'honors no-cache, and validates',
    [
      { response: { ...fresh, etag: '"1"' } },
      {
        headers: cc('no-cache'),
        response: { ...fresh, etag: '"1"' },
        expect: 'forwarded',
        seen: { 'if-none-match': '"1"' },
        status: 200,
      },
    ],
  ],
  ['honors no-store', [{ response: fresh }, { headers: cc('no-store'), expect: 'forwarded' }]],
  [
    'honors min-fresh',
    [
      { response: fresh },
      { after: 5, headers: cc('min-fresh=50'), expect: 'cached' },
      { after: 5, headers: cc('min-fresh=50'), expect: 'forwarded' },
    ],
  ],
  [
    'honors max-stale',
    [
      { response: { ...cc('max-age=5'), etag: '"1"' } },
      { after: 10, headers: cc('max-stale=10'), expect: 'cached' },
      { after: 10, headers: cc('max-stale'), expect: 'cached' },
      { headers: cc('max-stale=10'), expect: 'forwarded' },
    ],
  ],
  [
    'ignores max-stale for must-revalidate',
    [
      { response: { ...cc('max-age=5, must-revalidate'), etag: '"1"' } },
      { after: 10, headers: cc('max-stale=60'), expect: 'forwarded' },
    ],
  ],
  [
    'ignores max-stale for s-maxage',
    [
      { response: { ...cc('s-maxage=5'), etag: '"1"' } },
      { after: 10, headers: cc('max-stale=60'), expect: 'forwarded' },
    ],
  ],
  [
    'honors only-if-cached',
    [
      { headers: cc('only-if-cached'), expect: 'cached', status: 504 },
      { response: fresh },
      { headers: cc('only-if-cached'), expect: 'cached', status: 200 },
      { after: 61, headers: cc('only-if-cached'), expect: 'cached', status: 504 },
    ],
  ],
]

const invalidation: [string, Step[]][] = [
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'M-SEARCH'].flatMap((method): [string, Step[]][] => [
    [
      `removes the response of the URL after a ${method}`,
      [{ response: fresh }, { method }, { expect: 'forwarded' }],
    ],
    [
      `keeps it if the ${method} fails`,
      [{ response: fresh }, { method, response: { status: '400' } }, { expect: 'cached' }],
    ],
  ]),
  ...['GET', 'HEAD', 'OPTIONS'].map((method): [string, Step[]] => [
    `keeps it after ${method}`,
    [{ response: fresh }, { method }, { expect: 'cached' }],
  ]),
  ...['location', 'content-location'].flatMap((field): [string, Step[]][] => [
    [
      `removes the response of ${field}`,
      [
        { path: '/other', response: fresh },
        { method: 'POST', response: { status: '201', [field]: '/other' } },
        { path: '/other', expect: 'forwarded' },
      ],
    ],
    [
      `does not remove it for a ${field} of another host`,
      [
        { path: '/other', response: fresh },
        { method: 'POST', response: { status: '201', [field]: 'http://evil.example/other' } },
        { path: '/other', expect: 'cached' },
      ],
    ],
  ]),
  [
    'removes all variants',
    [
      { headers: { foo: '1' }, response: { ...fresh, vary: 'Foo' } },
      { headers: { foo: '2' }, response: { ...fresh, vary: 'Foo' } },
      { method: 'POST' },
      { headers: { foo: '1' }, response: { ...fresh, vary: 'Foo' }, expect: 'forwarded' },
      { headers: { foo: '2' }, response: { ...fresh, vary: 'Foo' }, expect: 'forwarded' },
    ],
  ],
  [
    'keeps the responses of other queries',
    [{ path: '/?a', response: fresh }, { method: 'POST' }, { path: '/?a', expect: 'cached' }],
  ],
]

const requests: [string, Step[]][] = [
  [
    'distinguishes paths',
    [
      { path: '/a', response: fresh },
      { path: '/b', expect: 'forwarded' },
    ],
  ],
  [
    'distinguishes queries',
    [
      { path: '/?a', response: fresh },
      { path: '/?b', expect: 'forwarded' },
    ],
  ],
  [
    'sends Age and Date',
    [{ response: fresh }, { after: 7, expect: 'cached', fields: { age: '7', date: dateAt(0) } }],
  ],
  [
    'adds to the Age of the response',
    [{ response: { ...fresh, age: '30' } }, { after: 7, expect: 'cached', fields: { age: '37' } }],
  ],
  [
    'responds to HEAD with the fields of the response to GET',
    [
      { response: fresh },
      {
        method: 'HEAD',
        expect: 'cached',
        status: 200,
        fields: { 'content-length': '6', 'content-type': 'text/plain; charset=utf-8' },
      },
    ],
  ],
  ['does not store a response to HEAD', [{ method: 'HEAD', response: fresh }, { expect: 'forwarded' }]],
  [
    'ignores ranges if the application does',
    [{ response: fresh }, { headers: { range: 'bytes=0-1' }, expect: 'cached', status: 200 }],
  ],
  [
    'forwards ranges if it does not',
    [
      { response: { ...fresh, 'accept-ranges': 'bytes' } },
      { headers: { range: 'bytes=0-1' }, expect: 'forwarded', seen: { range: 'bytes=0-1' } },
      { expect: 'cached' },
    ],
  ],
  ['forwards If-Match', [{ response: fresh }, { headers: { 'if-match': '"1"' }, expect: 'forwarded' }]],
]

describe.each([
  ['freshness (RFC 9111 §4.2)', freshness],
  ['storing (§3)', storing],
  ['Vary (§4.1)', vary],
  ['validation (§4.3)', validation],
  ['stale responses (§4.2.4, RFC 5861)', staleness],
  ['request directives (§5.2.1)', directives],
  ['invalidation (§4.4)', invalidation],
  ['requests (§4)', requests],
])('%s', (_, table) => {
  it.each(table)('%s', async (_, steps) => await run(steps))
})
