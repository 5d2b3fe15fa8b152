import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BodySource } from '../../body/body-source.ts'
import * as native from './response-native.ts'
import * as node from './response-node.ts'

const folder = join(import.meta.dirname, '../../..')
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

describe('the #response import', () => {
  it('resolves to modules that export the same names', () => {
    expect(Object.keys(native).sort()).toEqual(Object.keys(node).sort())
  })

  it('resolves to the light response only on Node, although other runtimes also set its condition', () => {
    // The first matching condition wins, and Bun and Deno also set `node`.
    expect(Object.entries(manifest.imports['#response'])).toEqual([
      ['bun', './src/response/light/response-native.ts'],
      ['deno', './src/response/light/response-native.ts'],
      ['workerd', './src/response/light/response-native.ts'],
      ['node', './src/response/light/response-node.ts'],
      ['default', './src/response/light/response-native.ts'],
    ])
  })

  it('is the same in the published package', () => {
    const published = JSON.stringify(manifest.publishConfig.imports)
    expect(published.replaceAll('./dist/', './src/').replaceAll('.js"', '.ts"')).toBe(
      JSON.stringify(manifest.imports),
    )
  })
})

describe('the native response', () => {
  it('is the runtime’s own', () => {
    expect(native.LightResponse).toBe(globalThis.Response)
    expect(native.lightParts(new Response('x'))).toBeUndefined()
  })

  it('shows its text or bytes until they are read', async () => {
    const bytes = new Uint8Array([1])
    for (const body of ['text', bytes, null]) {
      const response = native.lightResponse(body, { status: 201 }, ['x-a', '1'])
      expect(native.lightParts(response)).toEqual({ headers: ['x-a', '1'], body })
      expect([response.status, await response.bytes()]).toEqual([
        201,
        body === null ? new Uint8Array() : new Uint8Array(await new Response(body).arrayBuffer()),
      ])
      if (body !== null) expect(native.lightParts(response)).toBeUndefined()
    }
  })

  it('shows the header fields that were changed', () => {
    const response = native.lightResponse('text', undefined, ['x-a', '1'])
    response.headers.set('x-b', '2')
    expect(native.lightParts(response)?.headers).toEqual(['x-a', '1', 'x-b', '2'])
  })

  it('does not show a stream', () => {
    const source = BodySource.fromStream(new Response('text').body!)
    expect(native.lightParts(native.lightResponse(source, undefined, []))).toBeUndefined()
  })
})
