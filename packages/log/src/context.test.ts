import { setTimeout as sleep } from 'node:timers/promises'
import { mount, sse, stack, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { context, current } from './context.ts'
import { requestId } from './index.ts'

const id = () => current<{ requestId: string }>()?.requestId

describe('context', () => {
  it('keeps the requests of many clients apart, in streams and in work after the response', async () => {
    const seen: [string, string | undefined][] = []
    const web = stack(requestId(), context())
    const site = client(
      web(async ({ pathInfo, requestId, waitUntil, finished }) => {
        const note = () => seen.push([requestId, id()])
        note()
        await sleep(Math.random() * 5)
        note()
        waitUntil(sleep(2).then(note))
        finished.then(note)
        async function* chunks() {
          try {
            for (let n = 0; n < 3; n++) {
              await sleep(Math.random() * 3)
              note()
              yield 'chunk'
            }
          } finally {
            note()
          }
        }
        return pathInfo === '/sse' ? sse(chunks()) : stream(chunks())
      }),
    )
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => (await site.get(n % 2 ? '/sse' : '/stream')).text()),
    )
    await expect.poll(() => seen.length).toBe(50 * 8)
    expect(seen.filter(([own, found]) => own !== found)).toEqual([])
    expect(new Set(seen.map(([own]) => own)).size).toBe(50)
  })

  it('is undefined outside of requests', () => {
    expect(current()).toBeUndefined()
  })

  it('has what middleware before it provides, also inside mounts', async () => {
    const inner = () => text(`${current()?.pathInfo} ${id() !== undefined}`)
    const site = client(stack(requestId(), context(), mount('/app', inner))(() => text('')))
    expect(await (await site.get('/app/x')).text()).toBe('/app/x true')
  })
})
