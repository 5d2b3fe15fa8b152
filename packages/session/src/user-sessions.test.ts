import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, json, stack } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { Stage } from '../test/stage.ts'
import { sharedStores } from '../test/stores.ts'
import { quiet } from '../test/visitor.ts'
import { type Session, type SessionStore, session, userSessions } from './index.ts'
import { cookieStore } from './stores/cookie.ts'
import { memoryStore } from './stores/memory/memory.ts'

const secrets = 'a secret for tests of 32 characters'

function applicationOf(store: SessionStore): Application {
  const devices = userSessions(store)
  const app: Application<{ session: Session; cookies: Cookies }> = async ({
    session,
    pathInfo,
    queryString,
    method,
  }) => {
    const given = decodeURIComponent(queryString)
    if (pathInfo === '/sign-in') {
      session.regenerateId({ user: given })
      session.set('signedIn', true)
    }
    if (pathInfo === '/regenerate-id') session.regenerateId()
    if (pathInfo === '/set') session.set('device', given)
    if (pathInfo === '/sign-out') session.destroy()
    if (pathInfo === '/devices') return json(await devices.list(session.user!))
    if (pathInfo === '/end') return json(await devices.end(session.user!, given))
    if (pathInfo === '/end-others') return json(await devices.endAll(session.user!, { except: session.id }))
    return json({ id: session.id, user: session.user ?? null, method })
  }
  return stack(cookies(), session({ secrets, store }))(app)
}

async function get<T = { id: string; user: string | null }>(web: Client, path = '/'): Promise<T> {
  return (await (await web.get(path)).json()) as T
}

describe.each(sharedStores)('the sessions of a user in %s', (_, create) => {
  async function signedIn(store: SessionStore, ...users: string[]): Promise<Client[]> {
    const application = applicationOf(store)
    const clients = users.map(() => client(application))
    for (const [index, web] of clients.entries()) {
      await web.get(`/sign-in?${encodeURIComponent(users[index]!)}`)
    }
    return clients
  }

  it('are listed with their public ids, their dates and their values, but without secret ids', async () => {
    const store = create()
    const before = Date.now()
    const [phone, laptop, other] = await signedIn(store, 'ada', 'ada', 'bob')
    await phone!.get('/set?phone')
    const { id } = await get(phone!)
    const list = await userSessions(store).list('ada')
    expect(list).toHaveLength(2)
    const info = list.find((info) => info.id === id)!
    expect(info.values).toEqual({ signedIn: true, device: 'phone' })
    expect(info.created.getTime()).toBeGreaterThanOrEqual(before)
    expect(info.expires.getTime()).toBeGreaterThan(before + 29 * 60_000)
    for (const web of [phone, laptop, other]) {
      expect(JSON.stringify(list)).not.toContain(web!.cookies.get('session'))
    }
    expect(await get(phone!, '/devices')).toHaveLength(2)
  })

  it('are found whatever the name of the user, and not by a part of it', async () => {
    const store = create()
    const names = ['ada', 'a', "O'Hara", 'ada:7', '*', 'ä😀', '__proto__']
    await signedIn(store, ...names)
    for (const name of names) {
      expect(await userSessions(store).list(name), name).toHaveLength(1)
    }
    expect(await userSessions(store).list('nobody')).toEqual([])
  })

  it('end one by one, in all browsers that have the cookie', async () => {
    const store = create()
    const [phone, laptop] = await signedIn(store, 'ada', 'ada')
    const { id } = await get(phone!)
    expect(await get<boolean>(laptop!, `/end?${id}`)).toBe(true)
    expect((await get(phone!)).user).toBeNull()
    expect((await get(laptop!)).user).toBe('ada')
    expect(await get<boolean>(laptop!, `/end?${id}`)).toBe(false)
  })

  it('end only if they belong to the user', async () => {
    const store = create()
    const [ada, bob] = await signedIn(store, 'ada', 'bob')
    const { id } = await get(ada!)
    expect(await userSessions(store).end('bob', id)).toBe(false)
    expect([(await get(ada!)).user, (await get(bob!)).user]).toEqual(['ada', 'bob'])
  })

  it('end all together, or all except one', async () => {
    const store = create()
    const clients = await signedIn(store, 'ada', 'ada', 'ada', 'bob')
    expect(await get<number>(clients[0]!, '/end-others')).toBe(2)
    expect(await Promise.all(clients.map(async (web) => (await get(web)).user))).toEqual([
      'ada',
      null,
      null,
      'bob',
    ])
    expect(await userSessions(store).endAll('ada')).toBe(1)
    expect(await userSessions(store).endAll('ada')).toBe(0)
    expect((await get(clients[0]!)).user).toBeNull()
    expect((await get(clients[3]!)).user).toBe('bob')
  })

  it('are forgotten when they end, get a new user, or a new id', async () => {
    const store = create()
    const [out, changed, moved] = await signedIn(store, 'ada', 'ada', 'ada')
    await out!.get('/sign-out')
    await changed!.get('/sign-in?bob')
    const { id } = await get(moved!, '/regenerate-id')
    expect((await userSessions(store).list('ada')).map((info) => info.id)).toEqual([id])
    expect(await userSessions(store).list('bob')).toHaveLength(1)
  })

  it('do not come back because of a request that runs at the same time', async () => {
    const store = create()
    const devices = userSessions(store)
    let running = 0
    const allRunning = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    const slow = stack(
      cookies(),
      session({ secrets, store }),
    )(async ({ session, pathInfo }) => {
      if (pathInfo === '/sign-in') session.regenerateId({ user: 'ada' })
      else if (pathInfo !== '/') {
        if (pathInfo === '/set') session.set('a', 1)
        else session.regenerateId()
        if (++running === 2) allRunning.resolve()
        await ended.promise
      }
      return json({ user: session.user ?? null })
    })
    const clients = [client(slow), client(slow)]
    for (const web of clients) await web.get('/sign-in')
    const late = [clients[0]!.get('/set'), clients[1]!.get('/regenerate-id')]
    await allRunning.promise
    expect(await devices.endAll('ada')).toBe(2)
    ended.resolve()
    await Promise.all(late)
    for (const web of clients) expect((await get(web)).user).toBeNull()
    expect(await devices.list('ada')).toEqual([])
  })
})

describe('userSessions', () => {
  const { load, commit, destroy } = memoryStore()

  it.each([
    [{ load, commit, destroy }, 'an instance of Object'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('rejects a store that cannot find the sessions of a user: %j', (store, got) => {
    expect(() => userSessions(store as never)).toThrow(
      new TypeError(
        `userSessions: store must have the methods listByUser and destroyByUser, which keyValueStore() lacks, got ${got}`,
      ),
    )
  })

  it('says that cookieStore() cannot find the sessions of a user', () => {
    expect(() => userSessions(cookieStore() as never)).toThrow(
      /^userSessions: cookieStore\(\) stores no sessions on the server.+Use memoryStore\(\), sqliteStore\(\)/,
    )
  })

  it('rejects options of endAll that are unknown or invalid, and ends nothing', async () => {
    const store = memoryStore()
    await store.commit('key', { data: '', expires: Date.now() + 60_000, user: 'ada' }, 0)
    const { endAll } = userSessions(store)
    for (const [options, message] of [
      [{ expect: 'id' }, "userSessions: endAll: unknown option 'expect', did you mean 'except'?"],
      [{ except: null }, 'userSessions: endAll: except must be the public id of a session, got null'],
      [null, 'userSessions: endAll: options must be an object, got null'],
    ] as const) {
      await expect(endAll('ada', options as never)).rejects.toThrow(message)
    }
    expect(store.size).toBe(1)
  })

  it('rejects a user that is not text, so that a visitor who is not signed in has no sessions', async () => {
    const devices = userSessions(memoryStore())
    for (const user of [undefined, '', null, 7, '\ud800', 'x'.repeat(256)]) {
      for (const work of [devices.list(user as never), devices.endAll(user as never)]) {
        await expect(work).rejects.toThrow('userSessions: user must be text of 1 to 255 characters, got ')
      }
    }
  })

  it('responds with 503 while the store fails, whatever it throws', async () => {
    const failing: SessionStore = {
      ...memoryStore(),
      listByUser: () => Promise.reject(null),
      destroyByUser() {
        throw new Error('down')
      },
    }
    const devices = userSessions(failing)
    const works = [devices.list('ada'), devices.end('ada', 'x'), devices.endAll('ada')]
    for (const work of works) await expect(work).rejects.toMatchObject({ status: 503 })
    const web = client(
      stack(cookies())(async () => json(await devices.list('ada'))),
      { errors: quiet },
    )
    const response = await web.get('/')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  })

  it('skips sessions that cannot be read when it lists them, and ends them anyway', async () => {
    const store = memoryStore()
    store.commit('k', { data: 'broken', expires: Date.now() + 60_000, user: 'ada' }, 0)
    const devices = userSessions(store)
    expect(await devices.list('ada')).toEqual([])
    expect(await devices.endAll('ada')).toBe(1)
  })

  it('ends a session that gets a new id while the store looks for it', async () => {
    const store = memoryStore()
    const stage = new Stage({ secrets, store })
    const { id } = await stage.once(undefined, (session) => session.regenerateId({ user: 'ada' }))
    const late = await stage.begin(id)
    await late.do((session) => session.regenerateId())
    let newId: string | undefined
    // Redis first reads the list and then destroys what is in it; PostgreSQL waits for rows that others have locked.
    const slow = {
      ...store,
      async destroyByUser(user: string) {
        const found = store.listByUser(user)
        newId ??= await late.end()
        const left = new Set(store.listByUser(user).map(({ key }) => key))
        return found.filter(({ key, version }) => left.has(key) && store.destroy(key, version).ok).length
      },
    }
    expect(await userSessions(slow).endAll('ada')).toBe(1)
    expect((await stage.once(newId, (session) => session.user)).result).toBeUndefined()
  })

  it('ends a session whose id is just being replaced, without failing the request', async () => {
    const store = memoryStore()
    let isEnding = false
    const tapped: SessionStore = {
      ...store,
      commit(key, entry, version) {
        if (isEnding && entry.user === undefined) isEnding = store.destroyByUser('ada') === 0
        return store.commit(key, entry, version)
      },
    }
    const stage = new Stage({ secrets, store: tapped })
    for (const changes of [0, 1]) {
      const { id } = await stage.once(undefined, (session) => session.regenerateId({ user: 'ada' }))
      const late = await stage.begin(id)
      await late.do((session) => {
        session.regenerateId()
        if (changes > 0) session.set('a', 1)
      })
      isEnding = true
      const newId = await late.end()
      expect([stage.errors, store.listByUser('ada')]).toEqual([[], []])
      const after = await stage.once(newId, (session) => [session.user, session.get('a')])
      expect(after.result).toEqual([undefined, changes > 0 ? 1 : undefined])
    }
  })

  it.each([undefined, null, 'x', Number.NaN, -1])(
    'responds with 503 if the store returns %s',
    async (junk) => {
      const store = { ...memoryStore(), listByUser: () => junk as never, destroyByUser: () => junk as never }
      const devices = userSessions(store)
      await expect(devices.list('ada')).rejects.toMatchObject({ status: 503 })
      await expect(devices.endAll('ada')).rejects.toMatchObject({ status: 503 })
    },
  )

  it('gives up on a store that never has ended the last session', async () => {
    const endless = { ...memoryStore(), destroyByUser: () => 1 }
    await expect(userSessions(endless).endAll('ada')).rejects.toThrow(
      'userSessions: the user "ada" still has sessions after 100 rounds',
    )
  })
})
