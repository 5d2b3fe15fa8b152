import { A, type Row } from './table.ts'

const X = { a: ['x'] }
const FILE = { a: [['f', 'text/plain', 'x']] } as const

/** The header of the only part, whose body is `x`. */
export const partHeaders: readonly Row[] = [
  ['a name without quotes', 'Content-Disposition: form-data; name=a', X, 'RFC 2183 §2'],
  ['names in capitals', 'CONTENT-DISPOSITION: Form-Data; NAME="a"', X, 'RFC 2183 §2'],
  ['no white space', 'Content-Disposition:form-data;name="a";filename="f"', FILE, 'RFC 2183 §2'],
  [
    'white space around a semicolon',
    'Content-Disposition: form-data ;\t name="a" ; filename="f" ',
    FILE,
    'RFC 2183 §2',
  ],
  ['a semicolon at the end', `${A};`, X, 'RFC 9110 §5.6.6'],
  ['two semicolons', 'Content-Disposition: form-data;; name="a"', X, 'RFC 9110 §5.6.6'],
  ['other parameters', 'Content-Disposition: form-data; size=1; name="a"; x="y;z"', X, 'RFC 2183 §2.8'],
  ['a name that is repeated: the first counts', `${A}; name="b"`, X, 'RFC 6266 §4.1'],
  ['an empty name', 'Content-Disposition: form-data; name=""', { '': ['x'] }, 'RFC 7578 §4.2'],
  ['a name in UTF-8', 'Content-Disposition: form-data; name="\xc3\xa9"', { é: ['x'] }, 'RFC 7578 §5.1'],
  [
    'a name of the prototype of objects',
    'Content-Disposition: form-data; name="constructor"',
    { constructor: ['x'] },
    'RFC 7578 §4.2',
  ],
  ['other fields', `X-A: b\r\n${A}\r\nX-C: d`, X, 'RFC 7578 §4.8'],
  ['a folded field', 'Content-Disposition: form-data;\r\n name="a"; filename="f"', FILE, 'RFC 5322 §2.2.3'],
  [
    'a field folded by a tab before its value',
    'Content-Disposition:\r\n\tform-data; name="a"; filename="f"',
    FILE,
    'RFC 5322 §2.2.3',
  ],
  ['a charset of UTF-8', `${A}\r\nContent-Type: text/plain; charset=UTF-8`, X, 'RFC 7578 §5.1.2'],
  ['a charset of US-ASCII', `${A}\r\nContent-Type: text/plain; charset=us-ascii`, X, 'RFC 7578 §5.1.2'],
  ['the transfer encoding binary', `${A}\r\nContent-Transfer-Encoding: binary`, X, 'RFC 7578 §4.7'],
  [
    'the charset of a file',
    `${A}; filename="f"\r\nContent-Type: text/plain; charset=utf-16`,
    { a: [['f', 'text/plain; charset=utf-16', 'x']] },
    'RFC 7578 §4.4',
  ],

  ['another charset', `${A}\r\nContent-Type: text/plain; charset=utf-16`, 415, 'RFC 7578 §5.1.2'],
  ['the transfer encoding base64', `${A}\r\nContent-Transfer-Encoding: base64`, 415, 'RFC 7578 §4.7'],
  [
    'the transfer encoding quoted-printable',
    `${A}\r\nContent-Transfer-Encoding: quoted-printable`,
    415,
    'RFC 7578 §4.7',
  ],
  ['no disposition', 'X-A: b', 400, 'RFC 7578 §4.2'],
  ['no name', 'Content-Disposition: form-data', 400, 'RFC 7578 §4.2'],
  ['a file name but no name', 'Content-Disposition: form-data; filename="f"', 400, 'RFC 7578 §4.2'],
  ['an attachment', 'Content-Disposition: attachment; name="a"', 400, 'RFC 7578 §4.2'],
  ['two dispositions', `${A}\r\nContent-Disposition: form-data; name="b"`, 400, 'RFC 7578 §4.2'],
  ['two types', `${A}\r\nContent-Type: a/b\r\nContent-Type: c/d`, 400, 'RFC 2045 §5'],
  ['a name that is not closed', 'Content-Disposition: form-data; name="a', 400, 'RFC 2183 §2'],
  ['a value without a name', `${A}; "f"`, 400, 'RFC 2183 §2'],
  ['text after a quoted value', `${A}b`, 400, 'RFC 2183 §2'],
  ['a vertical tab', 'Content-Disposition: form-data;\vname="a"', 400, 'RFC 2183 §2'],
  ['a form feed', `${A};\ffilename="f"`, 400, 'RFC 2183 §2'],
  ['white space before a colon', 'Content-Disposition : form-data; name="a"', 400, 'RFC 5322 §2.2'],
  ['a line without a colon', `${A}\r\nX-A`, 400, 'RFC 5322 §2.2'],
  ['a folded first line', ` X-A: 1\r\n${A}`, 400, 'RFC 5322 §2.2.3'],
  ['a bare LF', `X-A: 1\n${A}`, 400, 'RFC 2046 §4.1.1'],
  ['a bare CR', `X-A: 1\r${A}`, 400, 'RFC 2046 §4.1.1'],
  ['a NUL', 'Content-Disposition: form-data; name="a\0"', 400, 'RFC 5322 §2.2'],
  ['a name that is not UTF-8', 'Content-Disposition: form-data; name="\xe9"', 400, 'RFC 7578 §5.1'],
  ['the boundary', `${A}\r\n--B`, 400, 'RFC 2046 §5.1.1'],
  ['a field that begins like a boundary', `${A}\r\n--B: c`, 400, 'RFC 2046 §5.1.1'],
]

const named = (name: string) => ({ a: [[name, 'text/plain', 'x']] }) as const

/** The parameters behind `name="a"` in the disposition of the only part, whose body is `x`. */
export const fileNames: readonly Row[] = [
  ['no quotes', 'filename=f.txt', named('f.txt'), 'RFC 2183 §2.3'],
  ['a space', 'filename="a b.txt"', named('a b.txt'), 'RFC 2183 §2.3'],
  ['a semicolon', 'filename="a;b=c.txt"', named('a;b=c.txt'), 'RFC 2183 §2'],
  ['an encoded quotation mark', 'filename="a%22b.txt"', named('a"b.txt'), 'HTML Standard §4.10.21.8'],
  ['an encoded line break', 'filename="a%0D%0Ab.txt"', named('a\r\nb.txt'), 'HTML Standard §4.10.21.8'],
  ['another encoded character', 'filename="100%25.txt"', named('100%25.txt'), 'HTML Standard §4.10.21.8'],
  ['an escaped quotation mark', 'filename="a\\"b.txt"', named('a"b.txt'), 'RFC 2183 §2'],
  [
    'an escaped quotation mark before a semicolon',
    'filename="a\\"; b.txt"',
    named('a"; b.txt'),
    'RFC 2183 §2',
  ],
  [
    'an escaped backslash and an escaped quotation mark',
    'filename="a\\\\\\"b"',
    named('a\\"b'),
    'RFC 2183 §2',
  ],
  [
    'backslashes that escape nothing',
    'filename="C:\\dir\\f.txt"',
    named('C:\\dir\\f.txt'),
    'HTML Standard §4.10.21.8',
  ],
  ['a backslash at the end', 'filename="dir\\"', named('dir\\'), 'HTML Standard §4.10.21.8'],
  ['UTF-8', 'filename="na\xc3\xafve.txt"', named('naïve.txt'), 'RFC 7578 §5.1'],
  ['an extended value', "filename*=UTF-8''na%C3%AFve%20%e2%82%ac.txt", named('naïve €.txt'), 'RFC 8187 §3.2'],
  ['an extended value with a language', "filename*=utf-8'en'f.txt", named('f.txt'), 'RFC 8187 §3.2'],
  ['an extended value in ISO-8859-1', "filename*=iso-8859-1''%A3.txt", named('£.txt'), 'RFC 5987 §3.2'],
  [
    'an extended value after a plain one',
    `filename="f.txt"; filename*=UTF-8''n%C3%AF.txt`,
    named('nï.txt'),
    'RFC 6266 §4.3',
  ],
  [
    'an extended value before a plain one',
    `filename*=UTF-8''n%C3%AF.txt; filename="f.txt"`,
    named('nï.txt'),
    'RFC 6266 §4.3',
  ],
  [
    'a malformed extended value and a plain one',
    `filename="f.txt"; filename*=UTF-8''%FF`,
    named('f.txt'),
    'RFC 8187 §3.2.1',
  ],
  [
    'an extended value in another charset and a plain one',
    "filename=f.txt; filename*=koi8-r''f",
    named('f.txt'),
    'RFC 8187 §3.2.1',
  ],
  ['a malformed extended value', "filename*=UTF-8''%FF", 400, 'RFC 8187 §3.2.1'],
  ['an extended value in another charset', "filename*=koi8-r''f", 400, 'RFC 8187 §3.2.1'],
  ['an extended value without a charset', 'filename*=f.txt', 400, 'RFC 8187 §3.2.1'],
  ['a value in pieces', 'filename*0="f"; filename*1=".txt"', 400, 'RFC 7578 §4.2'],
]
