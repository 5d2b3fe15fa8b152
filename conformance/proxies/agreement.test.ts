import { describe, expect, it } from 'vitest'
import { compare } from './agreement.ts'
import type { Read } from './pair.ts'

const MARK = 'secret.1'
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'
const post = (body: string) =>
  `POST / HTTP/1.1\r\nx-proxy: ${MARK}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
const chunked = (chunks: string) =>
  `POST / HTTP/1.1\r\nx-proxy: ${MARK}\r\ntransfer-encoding: chunked\r\n\r\n${chunks}`
const read = (body: string, mark = MARK): Read => ({ mark, method: 'POST', path: '/', body })

function disagreements(sent: string, received: string, requests: readonly Read[], isLeft = false) {
  return compare([{ sent, received, isLeft }], requests).disagreements
}

describe('a proxy and a server', () => {
  it('agree if the application reads each request that the proxy has sent', () => {
    expect(disagreements(post('a') + post('b'), OK + OK, [read('a'), read('b')])).toEqual([])
    expect(
      disagreements(chunked('1\r\na\r\n0\r\nx: y\r\n\r\n') + post(''), OK + OK, [read('a'), read('')]),
    ).toEqual([])
  })

  it('agree if the server rejects a request', () => {
    expect(disagreements(post('a'), 'HTTP/1.1 400 Bad Request\r\n\r\n', [])).toEqual([])
  })

  it.each([
    ['the application reads a request that the proxy has not sent', [read('a'), read('a', '')]],
    ['it reads one twice', [read('a'), read('a')]],
    ['it reads another body', [read('')]],
    ['it reads a request of another client', [read('a', 'secret.2')]],
  ])('disagree if %s', (_, requests) => {
    expect(disagreements(post('a'), OK, requests)).toHaveLength(1)
  })

  it('disagree if there are more responses than requests', () => {
    expect(disagreements(post('a'), `${OK}HTTP/1.1 400 Bad Request\r\n\r\n`, [read('a')])).toHaveLength(1)
  })

  it('disagree if the server waits for more of a whole request, unless the proxy leaves', () => {
    expect(disagreements(post('a'), '', [])).toHaveLength(1)
    expect(disagreements(post('a'), '', [], true)).toEqual([])
  })

  it('disagree if the application reads the end of a request that the proxy has not sent', () => {
    expect(disagreements(chunked('1\r\na\r\n'), OK, [read('a')])).toHaveLength(1)
  })
})
