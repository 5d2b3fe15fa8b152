import { gunzipSync } from 'node:zlib'
import { json, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it, vi } from 'vitest'
import { compress } from '../index.ts'

// Runs before the imports.
vi.hoisted(() => {
  const get = process.getBuiltinModule
  process.getBuiltinModule = ((id: string) => (id === 'node:zlib' ? undefined : get(id))) as typeof get
})

const long = 'Hello, compressed world. '.repeat(8000)
const headers = { 'accept-encoding': 'gzip, deflate, br, zstd' }

describe('compress on a runtime without node:zlib', () => {
  it('compresses whole bodies with gzip, of any size', async () => {
    for (const body of [long, long.slice(0, 2000)]) {
      const response = await client(compress()(() => text(body))).get('/', { headers })
      expect(response.headers.get('content-encoding')).toBe('gzip')
      expect(gunzipSync(await response.bytes()).toString()).toBe(body)
    }
  })

  it('leaves streams alone, because it could not flush them', async () => {
    const response = await client(compress()(() => stream([long]))).get('/', { headers })
    expect([...response.headers.keys()]).toEqual(['content-type'])
    expect(await response.text()).toBe(long)
  })

  it('does not use the codings that it lacks', async () => {
    const app = compress({ encodings: ['br', 'zstd'] })(() => json(long))
    const response = await client(app).get('/', { headers })
    expect(response.headers.has('content-encoding')).toBe(false)
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
  })
})
