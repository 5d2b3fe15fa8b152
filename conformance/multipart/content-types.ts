import type { Row } from './table.ts'

const X = { a: ['x'] }

/** The `Content-Type` of a form whose boundary is `B`. */
export const contentTypes: readonly Row[] = [
  ['a boundary', 'multipart/form-data; boundary=B', X, 'RFC 2046 §5.1.1'],
  ['a boundary in quotes', 'multipart/form-data; boundary="B"', X, 'RFC 2046 §5.1.1'],
  ['an escape in the boundary', 'multipart/form-data; boundary="\\B"', X, 'RFC 9110 §5.6.4'],
  ['names in capitals', 'MULTIPART/FORM-DATA; BOUNDARY=B', X, 'RFC 9110 §8.3.1'],
  ['white space around semicolons', 'multipart/form-data ;\tboundary=B ', X, 'RFC 9110 §5.6.6'],
  ['a semicolon at the end', 'multipart/form-data; boundary=B;', X, 'RFC 9110 §5.6.6'],
  ['a charset of UTF-8', 'multipart/form-data; charset=utf-8; boundary=B', X, 'RFC 7578 §5.1'],
  [
    'two boundaries: the first counts',
    'multipart/form-data; boundary=B; boundary=C',
    X,
    'MIME Sniffing Standard §4.4',
  ],
  [
    'two boundaries, of which the second is right',
    'multipart/form-data; boundary=C; boundary=B',
    400,
    'MIME Sniffing Standard §4.4',
  ],
  [
    'two charsets, of which the second is right',
    'multipart/form-data; charset=latin1; charset=utf-8; boundary=B',
    415,
    'MIME Sniffing Standard §4.4',
  ],
  ['no boundary', 'multipart/form-data', 400, 'RFC 2046 §5.1.1'],
  ['an empty boundary', 'multipart/form-data; boundary=""', 400, 'RFC 2046 §5.1.1'],
  ['the boundary in another case', 'multipart/form-data; boundary=b', 400, 'RFC 2046 §5.1.1'],
  ['a boundary that ends with a space', 'multipart/form-data; boundary="B "', 400, 'RFC 2046 §5.1.1'],
  ['a boundary of 71 characters', `multipart/form-data; boundary=${'B'.repeat(71)}`, 400, 'RFC 2046 §5.1.1'],
  ['a boundary with a byte above ASCII', 'multipart/form-data; boundary="B\xe9"', 400, 'RFC 2046 §5.1.1'],
  ['no value', 'multipart/form-data; boundary=', 415, 'RFC 9110 §5.6.6'],
  ['a vertical tab', 'multipart/form-data;\vboundary=B', 415, 'RFC 9110 §5.6.3'],
  ['a form feed', 'multipart/form-data\f; boundary=B', 415, 'RFC 9110 §5.6.3'],
  ['another subtype', 'multipart/mixed; boundary=B', 415, 'RFC 7578 §4.1'],
]
