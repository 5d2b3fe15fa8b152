/** What a `Response` class does, or the error that it throws (Fetch Standard §5.5, unless another is named). */
type Row = readonly [
  name: string,
  act: (Class: typeof Response) => unknown,
  expected: unknown,
  source: string,
]

const type = (response: Response) => response.headers.get('content-type')
const init = (value: object) => value as ResponseInit

export const construction: readonly Row[] = [
  [
    'has the status 200 and no body by default',
    (R) => pick(new R(), 'status', 'statusText', 'ok', 'body'),
    [200, '', true, null],
    'new Response()',
  ],
  [
    'has the type default and no URL',
    (R) => pick(new R(), 'type', 'url', 'redirected'),
    ['default', '', false],
    'new Response()',
  ],
  [
    'takes a status and a status text',
    (R) => pick(new R(null, { status: 404, statusText: 'Gone Fishing' }), 'status', 'statusText', 'ok'),
    [404, 'Gone Fishing', false],
    'initialize a response',
  ],
  [
    'is ok from 200 to 299',
    (R) => [200, 299, 300].map((status) => new R(null, { status }).ok),
    [true, true, false],
    'ok status, §2.2.3',
  ],
  [
    'takes a status as text',
    (R) => new R(null, init({ status: '201' })).status,
    201,
    'unsigned short, Web IDL §3.2.4',
  ],
  [
    'rounds a status down',
    (R) => new R(null, { status: 200.9 }).status,
    200,
    'unsigned short, Web IDL §3.2.4',
  ],
  ['rejects a status below 200', (R) => new R(null, { status: 199 }), RangeError, 'initialize a response'],
  ['rejects a status above 599', (R) => new R(null, { status: 600 }), RangeError, 'initialize a response'],
  [
    'rejects a status that is not a number',
    (R) => new R(null, { status: Number.NaN }),
    RangeError,
    'initialize a response',
  ],
  [
    'rejects a status text with a line break',
    (R) => new R(null, { statusText: 'a\nb' }),
    TypeError,
    'initialize a response',
  ],
  [
    'rejects a status text with a NUL',
    (R) => new R(null, { statusText: 'a\0' }),
    TypeError,
    'initialize a response',
  ],
  [
    'rejects a body with the status 204',
    (R) => new R('', { status: 204 }),
    TypeError,
    'null body status, §2.2.3',
  ],
  [
    'rejects a body with the status 205',
    (R) => new R('x', { status: 205 }),
    TypeError,
    'null body status, §2.2.3',
  ],
  [
    'rejects a body with the status 304',
    (R) => new R('x', { status: 304 }),
    TypeError,
    'null body status, §2.2.3',
  ],
  [
    'takes no body with the status 204',
    (R) => new R(null, { status: 204 }).status,
    204,
    'initialize a response',
  ],
  [
    'takes headers as a record',
    (R) => [...new R(null, { headers: { B: '2', a: '1' } }).headers],
    [
      ['a', '1'],
      ['b', '2'],
    ],
    'fill, §5.1',
  ],
  [
    'takes headers as pairs',
    (R) => [
      ...new R(null, {
        headers: [
          ['a', '1'],
          ['A', '2'],
        ],
      }).headers,
    ],
    [['a', '1, 2']],
    'fill, §5.1',
  ],
  [
    'takes headers as a Headers',
    (R) => [...new R(null, { headers: new Headers({ a: '1' }) }).headers],
    [['a', '1']],
    'fill, §5.1',
  ],
  [
    'keeps each Set-Cookie',
    (R) =>
      new R(null, {
        headers: [
          ['set-cookie', 'a'],
          ['set-cookie', 'b'],
        ],
      }).headers.getSetCookie(),
    ['a', 'b'],
    'fill, §5.1',
  ],
  ['rejects pairs that are not', (R) => new R(null, init({ headers: [['a']] })), TypeError, 'fill, §5.1'],
  [
    'rejects a name that is not one',
    (R) => new R(null, { headers: { 'a b': '1' } }),
    TypeError,
    'append, §5.1',
  ],
  [
    'rejects a value with a line break',
    (R) => new R(null, { headers: { a: '1\r\nb: 2' } }),
    TypeError,
    'append, §5.1',
  ],
  [
    'copies the Headers it is given',
    (R) => {
      const headers = new Headers({ a: '1' })
      const response = new R(null, { headers })
      headers.set('a', '2')
      return response.headers.get('a')
    },
    '1',
    'fill, §5.1',
  ],
  [
    'can be the init of another',
    (R) => pick(new R('x', new R(null, { status: 201, statusText: 'Made' })), 'status', 'statusText'),
    [201, 'Made'],
    'Web IDL §3.2.17',
  ],
]

export const bodies: readonly Row[] = [
  ['gives text a type', (R) => type(new R('x')), 'text/plain;charset=UTF-8', 'extract a body, §5.2'],
  ['gives empty text a body', (R) => new R('').body !== null, true, 'extract a body, §5.2'],
  [
    'gives parameters a type',
    (R) => type(new R(new URLSearchParams())),
    'application/x-www-form-urlencoded;charset=UTF-8',
    'extract a body, §5.2',
  ],
  [
    'gives a form a type with a boundary',
    (R) => /^multipart\/form-data; ?boundary=/.test(type(new R(new FormData()))!),
    true,
    'extract a body, §5.2',
  ],
  [
    'takes the type of a Blob',
    (R) => type(new R(new Blob([''], { type: 'a/b' }))),
    'a/b',
    'extract a body, §5.2',
  ],
  ['gives a Blob without a type none', (R) => type(new R(new Blob(['']))), null, 'extract a body, §5.2'],
  [
    'gives bytes no type',
    (R) => [type(new R(new Uint8Array())), type(new R(new ArrayBuffer(1)))],
    [null, null],
    'extract a body, §5.2',
  ],
  ['gives a stream no type', (R) => type(new R(new ReadableStream())), null, 'extract a body, §5.2'],
  [
    'keeps the type of the init',
    (R) => type(new R('x', { headers: { 'Content-Type': 'a/b' } })),
    'a/b',
    'initialize a response',
  ],
  ['makes text of any other value', (R) => new R(7 as unknown as string).text(), '7', 'BodyInit, §5.2'],
  ['replaces lone surrogates', (R) => new R('a\ud800').text(), 'a\ufffd', 'USVString, Web IDL §3.2.12'],
  ['reads text without a byte order mark', (R) => new R('\ufeffa').text(), 'a', 'UTF-8 decode, §5.2'],
  [
    'reads invalid UTF-8 with replacements',
    (R) => new R(new Uint8Array([0x61, 0xff])).text(),
    'a\ufffd',
    'UTF-8 decode, §5.2',
  ],
  ['reads JSON', (R) => new R('{"a":[1]}').json(), { a: [1] }, 'json(), §5.2'],
  ['rejects JSON that is not', (R) => new R('{').json(), SyntaxError, 'json(), §5.2'],
  ['rejects JSON if there is no body', (R) => new R().json(), SyntaxError, 'json(), §5.2'],
  ['reads bytes', async (R) => [...(await new R(new Uint8Array([1, 2])).bytes())], [1, 2], 'bytes(), §5.2'],
  [
    'reads a part of a buffer',
    async (R) => [...(await new R(new Uint8Array([1, 2, 3]).subarray(1, 2)).bytes())],
    [2],
    'extract a body, §5.2',
  ],
  [
    'copies the bytes it is given',
    async (R) => {
      const bytes = new Uint8Array([1])
      const response = new R(bytes)
      bytes[0] = 2
      return [...(await response.bytes())]
    },
    [1],
    'extract a body, §5.2',
  ],
  ['reads a buffer', async (R) => (await new R('é').arrayBuffer()).byteLength, 2, 'arrayBuffer(), §5.2'],
  [
    'reads a Blob with the type of the headers',
    async (R) => (await new R('x', { headers: { 'content-type': 'A/B' } }).blob()).type,
    'a/b',
    'blob(), §5.2',
  ],
  [
    'reads parameters as a form',
    async (R) => [...(await new R(new URLSearchParams('a=1&a=2')).formData())],
    [
      ['a', '1'],
      ['a', '2'],
    ],
    'formData(), §5.2',
  ],
  [
    'reads a form',
    async (R) => {
      const form = new FormData()
      form.append('a', '1')
      return [...(await new R(form).formData())]
    },
    [['a', '1']],
    'formData(), §5.2',
  ],
  ['rejects a form of another type', (R) => new R('a=1').formData(), TypeError, 'formData(), §5.2'],
  [
    'reads no body as empty',
    async (R) => [await new R().text(), [...(await new R().bytes())]],
    ['', []],
    'consume body, §5.2',
  ],
]

export const reading: readonly Row[] = [
  ['is not used at first', (R) => new R('x').bodyUsed, false, 'bodyUsed, §5.2'],
  [
    'is used as soon as it is read',
    (R) => {
      const response = new R('x')
      void response.text()
      return response.bodyUsed
    },
    true,
    'bodyUsed, §5.2',
  ],
  [
    'is not used by reading no body',
    async (R) => {
      const response = new R()
      await response.text()
      return [response.bodyUsed, await response.text()]
    },
    [false, ''],
    'consume body, §5.2',
  ],
  [
    'cannot be read twice',
    async (R) => {
      const response = new R('x')
      await response.text()
      return response.text()
    },
    TypeError,
    'consume body, §5.2',
  ],
  [
    'cannot be read while its stream is locked',
    (R) => {
      const response = new R('x')
      response.body!.getReader()
      return response.text()
    },
    TypeError,
    'consume body, §5.2',
  ],
  [
    'is not used by a lock',
    (R) => {
      const response = new R('x')
      response.body!.getReader()
      return response.bodyUsed
    },
    false,
    'bodyUsed, §5.2',
  ],
  [
    'is used by reading its stream',
    async (R) => {
      const response = new R('x')
      const reader = response.body!.getReader()
      await reader.read()
      reader.releaseLock()
      return response.bodyUsed
    },
    true,
    'bodyUsed, §5.2',
  ],
  [
    'is used by cancelling its stream',
    async (R) => {
      const response = new R('x')
      await response.body!.cancel()
      return response.bodyUsed
    },
    true,
    'bodyUsed, §5.2',
  ],
  [
    'has one stream',
    (R) => {
      const response = new R('x')
      return Object.is(response.body, response.body)
    },
    true,
    'body, §5.2',
  ],
  [
    'has a stream of bytes',
    async (R) => {
      const { value } = await new R('x').body!.getReader().read()
      return [value instanceof Uint8Array, [...value!]]
    },
    [true, [120]],
    'body, §5.2',
  ],
  [
    'rejects a stream that is locked',
    (R) => {
      const stream = new ReadableStream()
      stream.getReader()
      return new R(stream)
    },
    TypeError,
    'extract a body, §5.2',
  ],
  [
    'fails as its stream does',
    (R) => new R(new ReadableStream({ start: (controller) => controller.error(new RangeError()) })).text(),
    RangeError,
    'consume body, §5.2',
  ],
  [
    'fails if its stream has text',
    (R) =>
      new R(
        new ReadableStream({
          start(controller) {
            controller.enqueue('x')
            controller.close()
          },
        }),
      ).text(),
    TypeError,
    'read all bytes, Streams Standard §9.1.2',
  ],
]

export const copies: readonly Row[] = [
  [
    'clones status, headers and body',
    async (R) => {
      const copy = new R('x', { status: 201, statusText: 'Made', headers: { a: '1' } }).clone()
      return [...pick(copy, 'status', 'statusText'), copy.headers.get('a'), await copy.text()]
    },
    [201, 'Made', '1', 'x'],
    'clone()',
  ],
  [
    'can be read after its clone was',
    async (R) => {
      const response = new R('x')
      return [await response.clone().text(), await response.text()]
    },
    ['x', 'x'],
    'clone()',
  ],
  [
    'clones a stream',
    async (R) => {
      const response = new R(new Blob(['x']).stream())
      const copy = response.clone()
      return Promise.all([response.text(), copy.text()])
    },
    ['x', 'x'],
    'clone()',
  ],
  [
    'has headers of its own',
    (R) => {
      const response = new R(null, { headers: { a: '1' } })
      response.clone().headers.set('a', '2')
      return response.headers.get('a')
    },
    '1',
    'clone()',
  ],
  ['clones no body', (R) => new R().clone().body, null, 'clone()'],
  [
    'cannot be cloned once it was read',
    async (R) => {
      const response = new R('x')
      await response.text()
      return response.clone()
    },
    TypeError,
    'clone()',
  ],
  [
    'cannot be cloned while its stream is locked',
    (R) => {
      const response = new R('x')
      response.body!.getReader()
      return response.clone()
    },
    TypeError,
    'clone()',
  ],
]

export const statics: readonly Row[] = [
  [
    'json writes JSON with its type',
    async (R) => [type(R.json([1])), await R.json([1]).text()],
    ['application/json', '[1]'],
    'json()',
  ],
  [
    'json keeps the type of the init',
    (R) => type(R.json(1, { headers: { 'content-type': 'a/b' } })),
    'a/b',
    'json()',
  ],
  ['json rejects what has no JSON form', (R) => R.json(undefined), TypeError, 'json()'],
  ['json rejects a status without a body', (R) => R.json(1, { status: 204 }), TypeError, 'json()'],
  [
    'redirect has a Location and the status 302',
    (R) => {
      const response = R.redirect('http://a.example')
      return [response.status, response.headers.get('location')]
    },
    [302, 'http://a.example/'],
    'redirect()',
  ],
  [
    'redirect takes another redirect status',
    (R) => R.redirect('http://a.example', 308).status,
    308,
    'redirect()',
  ],
  ['redirect rejects another status', (R) => R.redirect('http://a.example', 200), RangeError, 'redirect()'],
  ['redirect rejects what is not a URL', (R) => R.redirect('http://'), TypeError, 'redirect()'],
  [
    'error has the type error and the status 0',
    (R) => pick(R.error(), 'type', 'status', 'ok', 'body'),
    ['error', 0, false, null],
    'error()',
  ],
  [
    'is a Response',
    (R) => [new R() instanceof Response, Object.prototype.toString.call(new R()), R.name],
    [true, '[object Response]', 'Response'],
    'Web IDL §3.7.3',
  ],
]

function pick(response: Response, ...names: (keyof Response)[]): unknown[] {
  return names.map((name) => response[name])
}
