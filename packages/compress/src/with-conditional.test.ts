/** `compress` around `conditional`, in the order that both READMEs recommend. */
import { conditional } from '@tsgi/conditional'
import { json, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { decodedText } from '../test/decode.ts'
import { compress } from './index.ts'

const list = Array.from({ length: 100 }, (_, id) => ({ id, name: `user ${id}` }))
const web = client(
  stack(compress(), conditional())(({ pathInfo }) => (pathInfo === '/' ? json(list) : text('short'))),
)
const get = (path: string, headers: Record<string, string>) => web.get(path, { headers })

describe('compress around conditional', () => {
  it('lets a client revalidate a compressed response by its weak tag', async () => {
    const accept = { 'accept-encoding': 'gzip' }
    const first = await get('/', accept)
    const etag = first.headers.get('etag')!
    expect(etag).toMatch(/^W\/"[\w-]{27}"$/)
    expect(await decodedText(first)).toBe(JSON.stringify(list))
    const second = await get('/', { ...accept, 'if-none-match': etag })
    expect([second.status, second.headers.get('etag'), second.headers.get('vary')]).toEqual([
      304,
      etag,
      'Accept-Encoding',
    ])
    expect(second.headers.has('content-encoding')).toBe(false)
  })

  it('has one tag for all codings, so that it also matches after a change of Accept-Encoding', async () => {
    const plain = (await get('/', {})).headers.get('etag')!
    const tags = await Promise.all(
      ['gzip', 'br', 'zstd'].map(async (coding) =>
        (await get('/', { 'accept-encoding': coding })).headers.get('etag'),
      ),
    )
    expect(tags).toEqual(Array(3).fill(`W/${plain}`))
    expect((await get('/', { 'accept-encoding': 'br', 'if-none-match': plain })).status).toBe(304)
  })

  it('leaves the strong tag of a short response', async () => {
    const etag = (await get('/short', { 'accept-encoding': 'gzip' })).headers.get('etag')!
    expect(etag).toMatch(/^"/)
    const again = await get('/short', { 'accept-encoding': 'gzip', 'if-none-match': etag })
    expect([again.status, again.headers.get('etag')]).toEqual([304, etag])
  })
})
