import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
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
})
