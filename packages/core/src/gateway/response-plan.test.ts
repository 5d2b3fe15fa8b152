import { describe, expect, it } from 'vitest'
import { planResponse } from '../gateway.ts'
import { bytes, empty, json, stream, text, withHeaders } from '../index.ts'

const length = (value: number | string) => ({ headers: { 'content-length': String(value) } })

describe('planResponse', () => {
  it('plans status, reason, fields, length and body', () => {
    expect(planResponse(json({ id: 7 }, { status: 201 }), 'GET')).toEqual({
      status: 201,
      reason: 'Created',
      fields: ['content-type', 'application/json'],
      length: 8,
      body: '{"id":7}',
      dropped: undefined,
    })
  })

  it('keeps Upgrade of a 426 for HTTP/1.1, and drops it from other responses', () => {
    const fields = { headers: { upgrade: 'websocket', 'x-a': '1' } }
    const required = planResponse(empty(426, fields), 'GET')
    expect(required).toMatchObject({ fields: ['x-a', '1'], upgrade: 'websocket', dropped: undefined })
    const other = planResponse(empty(200, fields), 'GET')
    expect(other).toMatchObject({ fields: ['x-a', '1'], upgrade: undefined, dropped: ['upgrade'] })
  })

  it('keeps the reason phrase of the application', () => {
    expect(planResponse(text('', { statusText: 'Fine' }), 'GET').reason).toBe('Fine')
    expect(planResponse(new Response(null, { status: 299 }), 'GET').reason).toBe('Unknown')
  })

  it('keeps every Set-Cookie as a separate field', () => {
    const response = withHeaders(new Response('x'), { 'set-cookie': ['a=1', 'b=2'] })
    const { fields } = planResponse(response, 'GET')
    expect(fields.filter((_, at) => fields[at & ~1] === 'set-cookie')).toEqual([
      'set-cookie',
      'a=1',
      'set-cookie',
      'b=2',
    ])
  })

  it.each<[string, Response, string, number | undefined]>([
    ['text, in bytes', text('grüße'), 'GET', 7],
    ['bytes', new Response(new Uint8Array(3)), 'GET', undefined],
    ['text in response to HEAD', text('grüße'), 'HEAD', 7],
    ['no body', empty(404), 'GET', 0],
    ['no body in response to HEAD', empty(404), 'HEAD', undefined],
    ['no body in response to HEAD, with a length', empty(200, length(9)), 'HEAD', 9],
    ['204', empty(204), 'GET', undefined],
    ['204 with a length', empty(204, length(0)), 'GET', undefined],
    ['205', empty(205), 'GET', 0],
    ['304', empty(304), 'GET', undefined],
    ['304 with a length', empty(304, length(9)), 'GET', 9],
    ['a stream', stream(['a']), 'GET', undefined],
    ['a stream with a length', stream(['a'], length(1)), 'GET', 1],
    ['a stream with a length in response to HEAD', stream(['a'], length(1)), 'HEAD', 1],
  ])('plans the length of %s', (_, response, method, expected) => {
    const plan = planResponse(response, method)
    expect(plan.length).toBe(expected)
    expect(plan.fields).not.toContain('content-length')
    if (method === 'HEAD' || response.status !== 200) expect(plan.body).toBeNull()
    else expect(plan.body).not.toBeNull()
  })

  it.each([
    ['one long field', new Response('', { headers: { 'x-a': 'a'.repeat(5_000_000) } })],
    ['many fields', new Response('', { headers: Array.from({ length: 2_000 }, (_, at) => [`x-${at}`, '']) })],
    ['a long reason phrase', new Response('', { statusText: 'a'.repeat(100_000) })],
    ['one long field of a light response', text('', { headers: { 'x-a': 'a'.repeat(62_000) } })],
  ])('rejects a header that is too large, by %s', (_, response) => {
    expect(() => planResponse(response, 'GET')).toThrow(
      /^The headers of the response have \d+ bytes, but must not exceed 61440$/,
    )
  })

  it('leaves out the fields that only a gateway may set, and names them', () => {
    const headers = { connection: 'close', 'x-a': '1', 'transfer-encoding': 'chunked', status: '200' }
    const { fields, dropped } = planResponse(text('x', { headers }), 'GET')
    expect(fields).toEqual(['content-type', 'text/plain; charset=utf-8', 'x-a', '1'])
    expect(dropped).toEqual(['connection', 'transfer-encoding', 'status'])
  })

  it('streams a text longer than 64 Ki characters, with its length', async () => {
    const long = `${'x'.repeat(64 * 1024 - 1)}😀ü`
    const { body, length } = planResponse(text(long), 'GET')
    expect(length).toBe(Buffer.byteLength(long))
    expect(typeof body).toBe('object')
    const source = body as Exclude<typeof body, string | Uint8Array | null>
    expect(await new Response(source.toStream()).text()).toBe(long)
  })

  it.each<[string, Response]>([
    ["Content-Length is 'many', which is not a length", text('x', length('many'))],
    ['Content-Length is 2, but its body has 1 bytes', text('x', length(2))],
    ['Content-Length is 1, but its body has 0 bytes', empty(404, length(1))],
  ])('throws if the %s', (message, response) => {
    expect(() => planResponse(response, 'GET')).toThrow(new TypeError(`The application's ${message}`))
  })

  it('throws if the body was already read', async () => {
    for (const response of [new Response('x'), text('x'), stream(['x'])]) {
      await response.text()
      expect(() => planResponse(response, 'GET')).toThrow('The body of the response was already read')
    }
  })

  it('throws if the status is invalid', () => {
    expect(() => planResponse(Response.error(), 'GET')).toThrow(
      new RangeError('The status of the response is 0'),
    )
    expect(() => planResponse(changed(text('x'), { status: 200.5 }), 'GET')).toThrow(RangeError)
  })

  it('throws if the reason phrase would split the response', () => {
    for (const statusText of ['OK\r\nX: y', 'OK\n', '\u010a']) {
      expect(() => planResponse(changed(text('x'), { statusText }), 'GET')).toThrow(
        new TypeError('The reason phrase of the response holds a control character'),
      )
    }
  })

  it.each([
    [204, undefined],
    [205, 0],
    [304, undefined],
  ])('has no body with status %i, whatever the application returns', (status, length) => {
    const stream = changed(new Response('body'), { status })
    expect(planResponse(stream, 'GET')).toMatchObject({ body: null, length })
    const whole = planResponse(changed(text('body'), { status }), 'GET')
    expect([whole.body, whole.length]).toEqual([null, status === 304 ? 4 : length])
  })

  it('throws if the bytes of the body were transferred', () => {
    const body = new Uint8Array(5)
    const response = bytes(body)
    structuredClone(body.buffer, { transfer: [body.buffer] })
    expect(() => planResponse(response, 'GET')).toThrow('The memory of the body was transferred')
  })
})

/** Returns a response as middleware may change it, or as another class may make it. */
function changed(response: Response, members: { status?: number; statusText?: string }): Response {
  const entries = Object.entries(members).map(([name, value]) => [name, { value }])
  return Object.defineProperties(response, Object.fromEntries(entries))
}
