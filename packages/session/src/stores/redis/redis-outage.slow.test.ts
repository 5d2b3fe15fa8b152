import { cookies } from '@tsgi/cookies'
import { stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { createClient } from 'redis'
import { describe, expect, it } from 'vitest'
import { requireProgram } from '../../../../../scripts/programs.ts'
import { RedisServer } from '../../../../../scripts/redis-server.ts'
import { nodeRedis } from '../../../test/redis-clients.ts'
import { quiet, read, secrets, visitor, write } from '../../../test/visitor.ts'
import { session } from '../../session.ts'
import { redisStore } from './redis.ts'

const program = requireProgram('redis-server')

describe.runIf(program)('when Redis is killed', () => {
  it('requests get 503 and no cookie, and sessions work again when it returns', async () => {
    await using server = new RedisServer(program!)
    await server.start()
    const client = await nodeRedis(server.path)
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
    expect(failed.status).toBe(503)
    expect(failed.headers.get('retry-after')).toBe('5')
    expect(failed.headers.getSetCookie()).toEqual([])
    expect(await failed.text()).not.toMatch(/redis/i)
    expect(stranger.errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^session: the store failed to commit: ./),
      }),
    ])

    await expect.poll(() => client.isReady).toBe(false)
    const unread = await known.get('/read')
    expect(unread.status).toBe(503)
    expect(known.errors).toEqual([
      expect.objectContaining({
        message: 'session: the store failed to load: The client is offline',
        cause: expect.any(Error),
      }),
    ])

    await server.start()
    await expect.poll(() => client.isReady).toBe(true)
    expect((await stranger.get('/write')).status).toBe(200)
    expect(await (await stranger.get('/read')).text()).toBe('1')
  })

  it('requests get 503 while it is frozen, and sessions work again when it responds', async () => {
    await using server = new RedisServer(program!)
    await server.start()
    const store = redisStore({ client: await nodeRedis(server.path) })
    const web = client(
      stack(
        cookies(),
        session({ secrets, store, storeTimeout: '300ms' }),
      )((environ) => (environ.pathInfo === '/write' ? write(environ) : read(environ))),
      { errors: quiet },
    )
    await web.get('/write')
    server.freeze()
    expect((await web.get('/read')).status).toBe(503)
    expect(String(web.errors[0])).toContain('the store failed to load: no response within 300 ms')
    server.thaw()
    await expect.poll(async () => await (await web.get('/read')).text()).toBe('1')
  })

  it('a store with a closed client rejects', async () => {
    const store = redisStore({ client: createClient() })
    await expect(store.load('k')).rejects.toThrow('The client is closed')
    await expect(store.destroy('k', 1)).rejects.toThrow('The client is closed')
  })
})
