/** `Accept` fields, what a server offers, and what it must choose (RFC 9110 §12.5.1, unless another section is named). */
type Row = readonly [
  name: string,
  accept: string | null,
  offers: readonly string[],
  chosen: string | undefined,
  source: string,
]

const OFFERS = ['application/json', 'text/html', 'text/plain']

export const accepts: readonly Row[] = [
  ['no field accepts all', null, OFFERS, 'application/json', 'RFC 9110 §12.5.1'],
  ['an empty field', '', OFFERS, 'application/json', 'RFC 9110 §12.5.1'],
  ['empty elements', ' , ,', OFFERS, 'application/json', 'RFC 9110 §5.6.1'],
  ['any type', '*/*', OFFERS, 'application/json', 'RFC 9110 §12.5.1'],
  ['one type', 'text/html', OFFERS, 'text/html', 'RFC 9110 §12.5.1'],
  ['a type in capitals', 'TEXT/HTML', OFFERS, 'text/html', 'RFC 9110 §8.3.1'],
  ['a range', 'text/*', OFFERS, 'text/html', 'RFC 9110 §12.5.1'],
  [
    'several types of one quality: the first offer',
    'text/plain, text/html',
    OFFERS,
    'text/html',
    'RFC 9110 §12.4.2',
  ],
  ['nothing that is offered', 'image/png', OFFERS, undefined, 'RFC 9110 §12.5.1'],
  ['nothing at all', '*/*;q=0', OFFERS, undefined, 'RFC 9110 §12.4.2'],
  ['nothing that is offered, in a range', 'image/*', OFFERS, undefined, 'RFC 9110 §12.5.1'],

  ['a lower quality', 'text/html;q=0.5, text/plain', OFFERS, 'text/plain', 'RFC 9110 §12.4.2'],
  [
    'qualities of three digits',
    'text/html;q=0.998, text/plain;q=0.999',
    OFFERS,
    'text/plain',
    'RFC 9110 §12.4.2',
  ],
  ['a quality of 0', '*/*, application/json;q=0', OFFERS, 'text/html', 'RFC 9110 §12.4.2'],
  ['a quality of 0.000', '*/*, application/json;q=0.000', OFFERS, 'text/html', 'RFC 9110 §12.4.2'],
  ['a quality of 1.000', 'text/html;q=0.9, text/plain;q=1.000', OFFERS, 'text/plain', 'RFC 9110 §12.4.2'],
  [
    'a quality of one digit and a point',
    'text/html;q=0., text/plain;q=0.1',
    OFFERS,
    'text/plain',
    'RFC 9110 §12.4.2',
  ],
  [
    'white space and capitals around q',
    'text/html ; Q=0.5 , text/plain;q=0.4',
    OFFERS,
    'text/html',
    'RFC 9110 §5.6.6',
  ],
  ['an element after q', 'text/html;q=0.5;a=b, text/plain', OFFERS, 'text/plain', 'RFC 9110 §12.5.1'],
  [
    'a malformed quality is ignored',
    'text/html;q=high, text/plain;q=0.5',
    OFFERS,
    'text/html',
    'RFC 9110 §12.4.2',
  ],
  [
    'a quality of four digits is ignored',
    'text/html;q=0.0001, text/plain;q=0.5',
    OFFERS,
    'text/html',
    'RFC 9110 §12.4.2',
  ],

  ['a type before any', 'application/json;q=0.1, */*;q=0.9', OFFERS, 'text/html', 'RFC 9110 §12.5.1'],
  ['a range before any', 'text/*;q=0.2, */*;q=0.1', OFFERS, 'text/html', 'RFC 9110 §12.5.1'],
  ['a type before a range', 'text/*, text/html;q=0.1', OFFERS, 'text/plain', 'RFC 9110 §12.5.1'],
  ['a range that is refused', 'text/*;q=0, */*', OFFERS, 'application/json', 'RFC 9110 §12.5.1'],
  [
    'a type within a range that is refused',
    'text/*;q=0, text/plain',
    OFFERS,
    'text/plain',
    'RFC 9110 §12.5.1',
  ],

  [
    'a parameter of the range and of the offer',
    'text/plain;format=flowed',
    ['text/plain', 'text/plain;format=flowed'],
    'text/plain;format=flowed',
    'RFC 9110 §12.5.1',
  ],
  [
    'a parameter of the offer',
    'text/html',
    ['text/html; charset=utf-8'],
    'text/html; charset=utf-8',
    'RFC 9110 §12.5.1',
  ],
  [
    'a parameter in quotes and in capitals',
    'text/plain;FORMAT="flowed"',
    ['text/plain;format=flowed'],
    'text/plain;format=flowed',
    'RFC 9110 §5.6.6',
  ],
  [
    'a range without parameters before one with them',
    'text/html;level=1;q=0.1, text/html, application/json;q=0.5',
    OFFERS,
    'text/html',
    'RFC 9110 §12.5.1',
  ],
  [
    'a comma in quotes',
    'text/html;a="x, text/plain;q=1", text/plain;q=0.5, text/html;q=0.1',
    OFFERS,
    'text/plain',
    'RFC 9110 §5.6.4',
  ],
  [
    'a comma after an escaped quotation mark',
    'text/html;a="\\",";q=0.1, text/plain;q=0.5',
    OFFERS,
    'text/plain',
    'RFC 9110 §5.6.4',
  ],
  [
    'a semicolon in quotes',
    'text/html;a="x;q=0.1";q=0.9, text/plain;q=0.5',
    OFFERS,
    'text/html',
    'RFC 9110 §5.6.4',
  ],

  ...example(),
]

/** The example of RFC 9110 §12.5.1: each type is chosen before those after it. */
function example(): Row[] {
  const accept =
    'text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5'
  const order = [
    'text/plain;format=flowed',
    'text/plain',
    'image/jpeg',
    'text/plain;format=fixed',
    'text/html',
  ]
  return order.map((type, at) => [
    `the example of the standard: ${type}`,
    accept,
    order.slice(at).reverse(),
    type,
    'RFC 9110 §12.5.1',
  ])
}
