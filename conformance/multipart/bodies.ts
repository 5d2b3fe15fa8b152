import { A, END, part, type Row } from './table.ts'

const FILE = `${A}; filename="f.txt"`

/** Whole bodies with the boundary `B`. */
export const bodies: readonly Row[] = [
  ['a field', part(A, 'x') + END, { a: ['x'] }, 'RFC 7578 §4.2'],
  ['an empty field', part(A, '') + END, { a: [''] }, 'RFC 7578 §4.2'],
  ['two fields of one name, in order', part(A, '1') + part(A, '2') + END, { a: ['1', '2'] }, 'RFC 7578 §4.3'],
  ['a field in UTF-8', part(A, '\xc3\xa9') + END, { a: ['é'] }, 'RFC 7578 §5.1.2'],
  [
    'a file',
    part(`${FILE}\r\nContent-Type: a/b`, 'x') + END,
    { a: [['f.txt', 'a/b', 'x']] },
    'RFC 7578 §4.2',
  ],
  ['a file without a type', part(FILE, 'x') + END, { a: [['f.txt', 'text/plain', 'x']] }, 'RFC 7578 §4.4'],
  [
    'two files of one name',
    part(FILE, '1') + part(FILE, '2') + END,
    {
      a: [
        ['f.txt', 'text/plain', '1'],
        ['f.txt', 'text/plain', '2'],
      ],
    },
    'RFC 7578 §4.3',
  ],
  [
    'a file input in which no file was chosen',
    part(`${A}; filename=""\r\nContent-Type: application/octet-stream`, '') + END,
    {},
    'HTML Standard §4.10.21',
  ],
  ['no part', END, {}, 'RFC 2046 §5.1.1'],

  ['a preamble', `preamble\r\n${part(A, 'x')}${END}`, { a: ['x'] }, 'RFC 2046 §5.1.1'],
  ['a CRLF before the first boundary', `\r\n${part(A, 'x')}${END}`, { a: ['x'] }, 'RFC 2046 §5.1.1'],
  [
    'a preamble that holds the boundary inside a line',
    `x--B\r\n${part(A, 'x')}${END}`,
    { a: ['x'] },
    'RFC 2046 §5.1.1',
  ],
  ['an epilogue', `${part(A, 'x')}${END}epilogue`, { a: ['x'] }, 'RFC 2046 §5.1.1'],
  [
    'an epilogue that looks like a part',
    `${part(A, 'x')}${END}${part(A, 'y')}${END}`,
    { a: ['x'] },
    'RFC 2046 §5.1.1',
  ],
  ['no CRLF after the last boundary', `${part(A, 'x')}--B--`, { a: ['x'] }, 'RFC 2046 §5.1.1'],
  ['white space after a boundary', `--B \t\r\n${A}\r\n\r\nx\r\n--B-- \r\n`, { a: ['x'] }, 'RFC 2046 §5.1.1'],
  [
    'a part without a body',
    `--B\r\n${A}\r\n\r\n--B\r\n${A}\r\n\r\nx\r\n${END}`,
    { a: ['', 'x'] },
    'RFC 2046 §5.1.1',
  ],
  ['a part that is only a CRLF', part(A, '\r\n') + END, { a: ['\r\n'] }, 'RFC 2046 §5.1.1'],
  ['a CRLF in a field', part(A, '1\r\n2') + END, { a: ['1\r\n2'] }, 'RFC 2046 §5.1.1'],
  ['the boundary inside a line', part(A, 'x--B') + END, { a: ['x--B'] }, 'RFC 2046 §5.1.1'],
  ['the boundary after a bare LF', part(A, 'x\n--B') + END, { a: ['x\n--B'] }, 'RFC 2046 §5.1.1'],
  ['the boundary after a bare CR', part(A, 'x\r--B') + END, { a: ['x\r--B'] }, 'RFC 2046 §5.1.1'],
  [
    'two hyphens at the beginning of a line',
    part(A, 'x\r\n-- B') + END,
    { a: ['x\r\n-- B'] },
    'RFC 2046 §5.1.1',
  ],
  ['the boundary in another case', part(A, 'x\r\n--b') + END, { a: ['x\r\n--b'] }, 'RFC 2046 §5.1.1'],

  ['an empty line instead of a body', '\r\n', 400, 'RFC 2046 §5.1.1'],
  ['no boundary', 'hello', 400, 'RFC 2046 §5.1.1'],
  ['another boundary', '--C\r\n--C--\r\n', 400, 'RFC 2046 §5.1.1'],
  ['no last boundary', part(A, 'x'), 400, 'RFC 2046 §5.1.1'],
  ['an end inside a header', `--B\r\n${A}`, 400, 'RFC 2046 §5.1.1'],
  ['an end after a header', `--B\r\n${A}\r\n\r\n`, 400, 'RFC 2046 §5.1.1'],
  ['one hyphen after the last boundary', `${part(A, 'x')}--B-`, 400, 'RFC 2046 §5.1.1'],
  ['bare LFs', `--B\n${A}\n\nx\n--B--\n`, 400, 'RFC 2046 §4.1.1'],
  ['a line that begins with the boundary and goes on', part(A, 'x\r\n--Bc') + END, 400, 'RFC 2046 §5.1.1'],
  ['text after a boundary and a space', `--B x\r\n${A}\r\n\r\nx\r\n${END}`, 400, 'RFC 2046 §5.1.1'],
  ['a vertical tab after a boundary', `--B\v\r\n${A}\r\n\r\nx\r\n${END}`, 400, 'RFC 2046 §5.1.1'],
  ['a bare CR after a boundary', `--B\r${A}\r\n\r\nx\r\n${END}`, 400, 'RFC 2046 §5.1.1'],
  ['a field that is not UTF-8', part(A, '\xe9') + END, 400, 'RFC 7578 §5.1.2'],
]
