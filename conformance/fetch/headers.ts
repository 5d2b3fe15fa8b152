/** What `Headers` with these fields returns, or the error that it throws (Fetch Standard §5.1, unless another is named). */
type Row = readonly [
  name: string,
  fields: readonly (readonly [name: string, value: string])[],
  act: (headers: Headers) => unknown,
  expected: unknown,
  source: string,
]

const AB = [
  ['a', '1'],
  ['b', '2'],
] as const
const COOKIES = [
  ['set-cookie', 'a=1'],
  ['x', '1'],
  ['set-cookie', 'b=2, c'],
] as const
const TWICE = [
  ['a', '1'],
  ['A', '2'],
  ['a', ''],
] as const

export const headers: readonly Row[] = [
  ['get finds a name in any case', AB, (h) => h.get('A'), '1', 'get()'],
  ['get returns null for a field that is not there', AB, (h) => h.get('c'), null, 'get()'],
  ['get joins the values of a field', TWICE, (h) => h.get('a'), '1, 2, ', 'get a header value, §2.2.2'],
  [
    'get joins Set-Cookie too',
    COOKIES,
    (h) => h.get('Set-Cookie'),
    'a=1, b=2, c',
    'get a header value, §2.2.2',
  ],
  ['get rejects a name that is not one', AB, (h) => h.get('a b'), TypeError, 'get()'],
  ['get rejects an empty name', AB, (h) => h.get(''), TypeError, 'get()'],
  ['has finds a name in any case', AB, (h) => [h.has('B'), h.has('c')], [true, false], 'has()'],
  ['has rejects a name that is not one', AB, (h) => h.has('a\n'), TypeError, 'has()'],

  ['getSetCookie returns each value', COOKIES, (h) => h.getSetCookie(), ['a=1', 'b=2, c'], 'getSetCookie()'],
  ['getSetCookie returns an empty list if there is none', AB, (h) => h.getSetCookie(), [], 'getSetCookie()'],

  [
    'iterates in alphabetical order, in lower case',
    [
      ['B', '2'],
      ['a', '1'],
      ['X-C', '3'],
    ],
    (h) => [...h],
    [
      ['a', '1'],
      ['b', '2'],
      ['x-c', '3'],
    ],
    'sort and combine, §2.2.2',
  ],
  [
    'iterates over the values of a field joined',
    TWICE,
    (h) => [...h],
    [['a', '1, 2, ']],
    'sort and combine, §2.2.2',
  ],
  [
    'iterates over each Set-Cookie',
    COOKIES,
    (h) => [...h],
    [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2, c'],
      ['x', '1'],
    ],
    'sort and combine, §2.2.2',
  ],
  ['has keys', COOKIES, (h) => [...h.keys()], ['set-cookie', 'set-cookie', 'x'], 'iterable, Web IDL §3.7.9'],
  ['has values', AB, (h) => [...h.values()], ['1', '2'], 'iterable, Web IDL §3.7.9'],
  [
    'has entries',
    AB,
    (h) => [...h.entries()],
    [
      ['a', '1'],
      ['b', '2'],
    ],
    'iterable, Web IDL §3.7.9',
  ],
  [
    'calls forEach with value, name and itself',
    AB,
    (h) => {
      const calls: unknown[] = []
      h.forEach((value, name, parent) => {
        calls.push([value, name, parent === h])
      })
      return calls
    },
    [
      ['1', 'a', true],
      ['2', 'b', true],
    ],
    'iterable, Web IDL §3.7.9',
  ],
  [
    'iterates over what is there at each step',
    AB,
    (h) => {
      const names: string[] = []
      for (const [name] of h) {
        names.push(name)
        h.delete('b')
      }
      return names
    },
    ['a'],
    'iterable, Web IDL §3.7.9',
  ],

  [
    'append adds a value',
    AB,
    after(
      (h) => h.append('A', '3'),
      (h) => [...h],
    ),
    [
      ['a', '1, 3'],
      ['b', '2'],
    ],
    'append()',
  ],
  [
    'append adds a Set-Cookie',
    COOKIES,
    after(
      (h) => h.append('Set-Cookie', 'd'),
      (h) => h.getSetCookie(),
    ),
    ['a=1', 'b=2, c', 'd'],
    'append()',
  ],
  [
    'append trims white space',
    AB,
    after(
      (h) => h.append('c', ' \t\r\n1 2\t'),
      (h) => h.get('c'),
    ),
    '1 2',
    'normalize, §2.2.2',
  ],
  [
    'append keeps other white space',
    AB,
    after(
      (h) => h.append('c', '\v1\f'),
      (h) => h.get('c'),
    ),
    '\v1\f',
    'normalize, §2.2.2',
  ],
  ['append rejects a name that is not one', AB, (h) => h.append('c:', '1'), TypeError, 'append()'],
  ['append rejects a line break', AB, (h) => h.append('c', '1\r\nd: 2'), TypeError, 'header value, §2.2.2'],
  ['append rejects a NUL', AB, (h) => h.append('c', '1\0'), TypeError, 'header value, §2.2.2'],
  [
    'append rejects what is not latin-1',
    AB,
    (h) => h.append('c', '→'),
    TypeError,
    'ByteString, Web IDL §3.2.11',
  ],
  [
    'append takes latin-1',
    AB,
    after(
      (h) => h.append('c', 'é'),
      (h) => h.get('c'),
    ),
    'é',
    'ByteString, Web IDL §3.2.11',
  ],
  [
    'append takes a number',
    AB,
    after(
      (h) => h.append('c', 3 as unknown as string),
      (h) => h.get('c'),
    ),
    '3',
    'ByteString, Web IDL §3.2.11',
  ],

  [
    'set replaces all values',
    TWICE,
    after(
      (h) => h.set('a', '3'),
      (h) => [...h],
    ),
    [['a', '3']],
    'set a header, §2.2.2',
  ],
  [
    'set replaces all of Set-Cookie',
    COOKIES,
    after(
      (h) => h.set('Set-Cookie', 'd'),
      (h) => h.getSetCookie(),
    ),
    ['d'],
    'set a header, §2.2.2',
  ],
  [
    'set adds a field',
    AB,
    after(
      (h) => h.set('C', ''),
      (h) => [...h.keys(), h.get('c')],
    ),
    ['a', 'b', 'c', ''],
    'set a header, §2.2.2',
  ],
  ['set rejects a line break', AB, (h) => h.set('a', '1\n2'), TypeError, 'header value, §2.2.2'],
  [
    'set trims a line break at the end',
    AB,
    after(
      (h) => h.set('a', '1\r\n'),
      (h) => h.get('a'),
    ),
    '1',
    'normalize, §2.2.2',
  ],
  [
    'set that fails changes nothing',
    AB,
    (h) => {
      expectThrow(() => h.set('a', '\0'))
      return h.get('a')
    },
    '1',
    'set()',
  ],

  [
    'delete removes all values',
    TWICE,
    after(
      (h) => h.delete('A'),
      (h) => [...h],
    ),
    [],
    'delete()',
  ],
  [
    'delete of a field that is not there does nothing',
    AB,
    after(
      (h) => h.delete('c'),
      (h) => [...h.keys()],
    ),
    ['a', 'b'],
    'delete()',
  ],
  ['delete rejects a name that is not one', AB, (h) => h.delete('a b'), TypeError, 'delete()'],

  [
    'is a Headers',
    AB,
    (h) => [h instanceof Headers, Object.prototype.toString.call(h)],
    [true, '[object Headers]'],
    'Web IDL §3.7.3',
  ],
  [
    'can be copied',
    COOKIES,
    (h) => [...new Headers(h)],
    [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2, c'],
      ['x', '1'],
    ],
    'new Headers()',
  ],
  [
    'a copy is its own',
    AB,
    (h) => {
      new Headers(h).set('a', '3')
      return h.get('a')
    },
    '1',
    'new Headers()',
  ],
]

/** Changes the headers before looking at them. */
function after(change: (headers: Headers) => void, look: (headers: Headers) => unknown) {
  return (headers: Headers): unknown => {
    change(headers)
    return look(headers)
  }
}

function expectThrow(act: () => unknown): void {
  try {
    act()
  } catch {
    return
  }
  throw new Error('nothing was thrown')
}
