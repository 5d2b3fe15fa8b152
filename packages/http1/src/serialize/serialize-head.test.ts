import { empty, stream, text } from '@tsgi/core'
import { planResponse } from '@tsgi/core/gateway'
import { describe, expect, it } from 'vitest'
import { serializeHead } from '../index.ts'

const date = 'Sat, 28 Nov 2026 12:00:00 GMT'
const planOf = (response: Response, method = 'GET') => planResponse(response, method)
const whole = planOf(text('Hello', { headers: { date } }))
const streamed = planOf(stream(['Hello'], { headers: { date } }))

function framing(text: string): string[] {
  const fields = /^(?:content-length|transfer-encoding|connection|keep-alive|upgrade):/
  return text.split('\r\n').filter((line) => fields.test(line))
}

describe('the head of a response', () => {
  it('has the length of a body that is known', () => {
    const { text, ...rest } = serializeHead(whole)
    expect(framing(text)).toEqual(['content-length: 5'])
    expect(rest).toEqual({ isChunked: false, isLast: false })
  })

  it('has chunks for a body of unknown length', () => {
    const { text, ...rest } = serializeHead(streamed, { keepAlive: 5 })
    expect(framing(text)).toEqual([
      'transfer-encoding: chunked',
      'connection: keep-alive',
      'keep-alive: timeout=5',
    ])
    expect(rest).toEqual({ isChunked: true, isLast: false })
  })

  it('ends the connection instead in HTTP/1.0', () => {
    const { text, ...rest } = serializeHead(streamed, { minorVersion: 0, keepAlive: 5 })
    expect(framing(text)).toEqual(['connection: close'])
    expect(rest).toEqual({ isChunked: false, isLast: true })
  })

  it('has neither for a response without a body', () => {
    const plans = [planOf(empty()), planOf(empty(304)), planOf(stream(['x']), 'HEAD')]
    for (const plan of plans) {
      const { text, ...rest } = serializeHead(plan)
      expect(framing(text)).toEqual([])
      expect(rest).toEqual({ isChunked: false, isLast: false })
    }
  })

  it('closes the connection of a last response', () => {
    const { text, isLast } = serializeHead(whole, { isLast: true, keepAlive: 5 })
    expect(framing(text)).toEqual(['content-length: 5', 'connection: close'])
    expect(isLast).toBe(true)
  })

  it('asks for an upgrade with status 426', () => {
    const response = new Response(null, { status: 426, headers: { upgrade: 'websocket' } })
    expect(framing(serializeHead(planOf(response)).text)).toContain('upgrade: websocket')
  })

  it('has no value that could end a line', () => {
    const plan = { ...whole, fields: ['x-a', 'b\r\nx-b: c'] }
    expect(() => serializeHead(plan)).toThrow(/'x-a' holds a control character/)
    const upgrade = { ...whole, upgrade: 'b\r\nx-b: c' }
    expect(() => serializeHead(upgrade)).toThrow(/'upgrade' holds a control character/)
  })
})
