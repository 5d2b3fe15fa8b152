import { text } from '@tsgi/core'
import { createClient } from 'redis'
import { describe, expect, it } from 'vitest'
import { requireProgram } from '../../../scripts/programs.ts'
import { connected } from '../test/redis-client.ts'
import { RedisServer } from '../test/redis-server.ts'
import { quiet, read, visitor, write } from '../test/visitor.ts'
import { redisStore } from './redis.ts'

const program = requireProgram('redis-server')

describe.runIf(program)('when Redis goes away', () => {
  it('in the middle of a request, it fails and sets no cookie; when Redis is back, so are sessions', async () => {
    await using server = new RedisServer(program!)
    await server.start()
    const client = await connected(server.path)
    const handlers = {
      '/write': write,
      '/read': read,
      '/gone': async ({ session }) => {
        session.set('a', 2)
        await server.kill()
        return text('kept')
      },
    } satisfies Parameters<typeof visitor>[1]
    const stranger = visitor(redisStore({ client }), handlers, quiet)
    const known = visitor(redisStore({ client }), handlers, quiet)
    await known.get('/write')

    const failed = await stranger.get('/gone')
    expect(failed.status).toBe(500)
    expect(failed.headers.getSetCookie()).toEqual([])
    expect(await failed.text()).not.toMatch(/redis/i)
    expect(stranger.errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^redisStore: commit: ./) }),
    ])

    await expect.poll(() => client.isReady).toBe(false)
    const unread = await known.get('/read')
    expect(unread.status).toBe(500)
    expect(known.errors).toEqual([
      expect.objectContaining({
        message: 'redisStore: load: The client is offline',
        cause: expect.any(Error),
      }),
    ])

    await server.start()
    await expect.poll(() => client.isReady).toBe(true)
    expect((await stranger.get('/write')).status).toBe(200)
    expect(await (await stranger.get('/read')).text()).toBe('1')
  })

  it('after it was closed, says so', async () => {
    const store = redisStore({ client: createClient() })
    await expect(store.load('k')).rejects.toThrow('redisStore: load: The client is closed')
    await expect(store.destroy('k', 1)).rejects.toThrow('redisStore: destroy: The client is closed')
  })
})
