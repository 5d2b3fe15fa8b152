import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { type Environ, type Lifecycle, lifecycle, mount, stack, text, toFetch } from '../index.ts'
import { client } from '../testing.ts'

/** Makes resources that record their starts and stops. */
function recorder() {
  const steps: string[] = []
  const resource = (name: string) => ({
    start: () => {
      steps.push(`+${name}`)
      return name
    },
    stop: () => steps.push(`-${name}`),
  })
  return { steps, resource }
}

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('lifecycle', () => {
  it('starts resources in order, gives each those before it, and stops them in reverse', async () => {
    const steps: unknown[] = []
    const resources = lifecycle({ db: { start: () => 'db', stop: (db) => steps.push(`-${db}`) } })
      .and({
        queue: {
          start: async (_, { db }) => `queue of ${db}`,
          stop: (queue) => steps.push(`-${queue}`),
        },
      })
      .and({ mail: { start: (_, before) => void steps.push(before), stop: () => steps.push('-mail') } })
    await resources.start()
    expect(steps).toEqual([{ db: 'db', queue: 'queue of db' }])
    await resources.stop()
    expect(steps.slice(1)).toEqual(['-mail', '-queue of db', '-db'])
  })

  it('adds the values to the environ, typed', async () => {
    const resources = lifecycle({ one: { start: () => 1 }, two: { start: async () => 'two' } })
    expectTypeOf(resources).toEqualTypeOf<Lifecycle<{ one: number; two: string }>>()
    const app = stack(resources)(({ one, two }) => text(`${one + 1} ${two.length}`))
    await using web = client(app, { lifecycle: resources })
    expect(await (await web.get('/')).text()).toBe('2 3')
  })

  it('starts each resource once, however many gateways and requests use it', async () => {
    const { steps, resource } = recorder()
    const resources = lifecycle({ db: resource('db') })
    const app = stack(resources)(() => text(''))
    const first = client(app, { lifecycle: resources })
    const second = client(app, { lifecycle: resources })
    await Promise.all([first.get('/'), first.get('/'), second.get('/')])
    await first[Symbol.asyncDispose]()
    expect(steps).toEqual(['+db'])
    await second[Symbol.asyncDispose]()
    expect(steps).toEqual(['+db', '-db'])
  })

  it('can start again after it has stopped, even while it stops', async () => {
    const { steps, resource } = recorder()
    const resources = lifecycle({ db: resource('db') })
    await resources.start()
    const stopped = resources.stop()
    await resources.start()
    await stopped
    expect(steps).toEqual(['+db', '-db', '+db'])
  })

  it('disposes values that can be disposed if there is no stop', async () => {
    const steps: string[] = []
    const resources = lifecycle({
      asynchronous: { start: () => ({ [Symbol.asyncDispose]: async () => void steps.push('async') }) },
      synchronous: { start: () => ({ [Symbol.dispose]: () => void steps.push('sync') }) },
      own: {
        start: () => ({ [Symbol.dispose]: () => void steps.push('no') }),
        stop: () => steps.push('own'),
      },
      neither: { start: () => undefined },
    })
    await resources.start()
    await resources.stop()
    expect(steps).toEqual(['own', 'sync', 'async'])
  })

  it('aborts the signal for background loops when the gateway starts to stop', async () => {
    const loops: AbortSignal[] = []
    const resources = lifecycle({ loop: { start: ({ stopping }) => loops.push(stopping) } })
    const gateway = new AbortController()
    await resources.start({ stopping: gateway.signal })
    expect(loops[0]?.aborted).toBe(false)
    gateway.abort()
    expect(loops[0]?.aborted).toBe(true)
    await resources.stop()
  })

  it('replaces values in a copy, which neither starts nor stops them', async () => {
    const { steps, resource } = recorder()
    const resources = lifecycle({ db: resource('db') }).and({
      users: { start: (_, { db }) => `users in ${db}` },
    })
    const app = stack(resources)(({ db, users }) => text(`${db}, ${users}`))
    await using faked = client(app, { lifecycle: resources.with({ db: 'fake' }) })
    await using real = client(app, { lifecycle: resources })
    expect(await (await faked.get('/')).text()).toBe('fake, users in fake')
    expect(await (await real.get('/')).text()).toBe('db, users in db')
    await faked[Symbol.asyncDispose]()
    expect(steps).toEqual(['+db'])
  })

  it('serves applications that were made with a part of the resources', async () => {
    const { steps, resource } = recorder()
    const base = lifecycle({ db: resource('db') })
    const app = stack(base)(({ db }) => text(db))
    await using web = client(app, { lifecycle: base.and({ more: resource('more') }) })
    expect(await (await web.get('/')).text()).toBe('db')
    expect(steps).toEqual(['+db', '+more'])
  })

  it('is started and stopped once if it is used inside a mounted router', async () => {
    const { steps, resource } = recorder()
    const resources = lifecycle({ db: resource('db') })
    const inner = stack(resources)(({ db, scriptName }) => text(`${db} at ${scriptName}`))
    const app = mount('/a', inner)(mount('/b', inner)(() => text('')))
    {
      await using web = client(app, { lifecycle: resources })
      expect(await (await web.get('/a')).text()).toBe('db at /a')
      expect(await (await web.get('/b')).text()).toBe('db at /b')
    }
    expect(steps).toEqual(['+db', '-db'])
  })
})

describe('a resource that cannot start', () => {
  it('stops those that have started, in reverse, and is named', async () => {
    const { steps, resource } = recorder()
    const cause = new Error('connection refused')
    const resources = lifecycle({
      one: resource('one'),
      two: resource('two'),
      three: { start: () => Promise.reject(cause) },
      four: resource('four'),
    })
    await expect(resources.start()).rejects.toMatchObject({
      message: "lifecycle: 'three' could not start: connection refused",
      cause,
    })
    expect(steps).toEqual(['+one', '+two', '-two', '-one'])
    await resources.stop()
    expect(steps).toHaveLength(4)
  })

  it('ends the background loops of those that had started', async () => {
    const loops: AbortSignal[] = []
    const resources = lifecycle({
      loop: { start: ({ stopping }) => loops.push(stopping) },
      broken: {
        start: () => {
          throw new Error('broken')
        },
      },
    })
    await expect(resources.start()).rejects.toThrow("'broken' could not start: broken")
    expect(loops[0]?.aborted).toBe(true)
  })

  it('because it takes too long is named, and stopped after all if it starts later', async () => {
    const { steps, resource } = recorder()
    const late = Promise.withResolvers<string>()
    let given: AbortSignal | undefined
    const resources = lifecycle(
      {
        first: resource('first'),
        slow: {
          start: ({ signal }) => {
            given = signal
            return late.promise
          },
          stop: (value) => steps.push(`-${value}`),
        },
      },
      { startTimeout: 50 },
    )
    const message = "lifecycle: 'slow' could not start: it took longer than 0.05 s (startTimeout)"
    await expect(resources.start()).rejects.toThrow(message)
    expect(given?.reason).toMatchObject({ message: 'it took longer than 0.05 s (startTimeout)' })
    late.resolve('slow')
    await vi.waitFor(() => expect(steps).toEqual(['+first', '-first', '-slow']))
  })

  it('rejects the requests of the test client', async () => {
    const resources = lifecycle({ db: { start: () => Promise.reject(new Error('refused')) } })
    await using web = client(
      stack(resources)(() => text('')),
      { lifecycle: resources },
    )
    await expect(web.get('/')).rejects.toThrow("lifecycle: 'db' could not start: refused")
  })

  it('is stopped after all if it starts after the start was given up', async () => {
    const { steps, resource } = recorder()
    const late = Promise.withResolvers<string>()
    const given: AbortSignal[] = []
    const resources = lifecycle({
      first: resource('first'),
      slow: {
        start: ({ signal }) => {
          given.push(signal)
          return late.promise
        },
        stop: (value) => steps.push(`-${value}`),
      },
      never: resource('never'),
    })
    const giveUp = new AbortController()
    const started = resources.start({ signal: giveUp.signal })
    await vi.waitFor(() => expect(given).toHaveLength(1))
    giveUp.abort(new Error('told to stop'))
    await expect(started).rejects.toThrow("lifecycle: 'slow' could not start: told to stop")
    expect(given[0]?.aborted).toBe(true)
    late.resolve('slow')
    await vi.waitFor(() => expect(steps).toEqual(['+first', '-first', '-slow']))
  })
})

describe('a resource that cannot be stopped', () => {
  it('is reported, and the others still stop, even if what it throws cannot be converted to text', async () => {
    const { steps, resource } = recorder()
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    const stop = (thrown: unknown) => ({ start: () => 0, stop: () => Promise.reject(thrown) })
    const resources = lifecycle({
      first: resource('first'),
      bare: stop(Object.create(null)),
      revoked: stop(revoked.proxy),
    })
    await resources.start()
    const reported: unknown[] = []
    await resources.stop({ errors: { write: (problem) => reported.push(problem) } })
    expect(reported.map(String)).toEqual([
      "Error: lifecycle: 'revoked' could not be stopped: an object that throws when it is read",
      "Error: lifecycle: 'bare' could not be stopped: an instance of no class",
    ])
    expect(steps).toEqual(['+first', '-first'])
  })

  it('is reported with its name if it fails or takes too long, and the others still stop', async () => {
    vi.useFakeTimers()
    const { steps, resource } = recorder()
    const resources = lifecycle(
      {
        first: resource('first'),
        slow: { start: () => 0, stop: () => new Promise(() => {}) },
        broken: { start: () => 0, stop: () => Promise.reject(new Error('broken')) },
      },
      { stopTimeout: '70s' },
    )
    await resources.start()
    const reported: unknown[] = []
    const stopped = resources.stop({ errors: { write: (problem) => reported.push(problem) } })
    await vi.advanceTimersByTimeAsync(70_000)
    await stopped
    expect(reported.map(String)).toEqual([
      "Error: lifecycle: 'broken' could not be stopped: broken",
      "Error: lifecycle: 'slow' could not be stopped: it took longer than 70 s",
    ])
    expect(steps).toEqual(['+first', '-first'])
  })
})

describe('ready', () => {
  const names = async (resources: Lifecycle) => (await resources.ready()).map(({ name }) => name)

  it('returns the resources that fail, say no or take longer than 2 s, checked at the same time', async () => {
    vi.useFakeTimers()
    let aborted = 0
    const slow = {
      start: () => 0,
      ready: (_: number, { signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => aborted++)
        return new Promise(() => {})
      },
    }
    const resources = lifecycle({
      good: { start: () => 1, ready: (one) => one === 1 },
      unchecked: { start: () => 0 },
      silent: { start: () => 0, ready: () => undefined },
      refusing: { start: () => 0, ready: () => false },
      throwing: {
        start: () => 0,
        ready: () => {
          throw new Error('gone')
        },
      },
      slow,
      slower: slow,
    })
    await resources.start()
    const checked = resources.ready()
    await vi.advanceTimersByTimeAsync(2_000)
    expect((await checked).map(({ name, error }) => [name, (error as Error).message])).toEqual([
      ['refusing', "'refusing' says that it is not ready"],
      ['throwing', 'gone'],
      ['slow', "'slow' did not say within 2 s whether it is ready"],
      ['slower', "'slower' did not say within 2 s whether it is ready"],
    ])
    expect(aborted).toBe(2)
    await resources.stop()
  })

  it('keeps its result for 1 s', async () => {
    vi.useFakeTimers()
    let isReady = false
    let asked = 0
    const ready = () => {
      asked++
      return isReady
    }
    const resources = lifecycle({ db: { start: () => 0, ready } })
    await resources.start()
    expect(await Promise.all([names(resources), names(resources)])).toEqual([['db'], ['db']])
    isReady = true
    vi.advanceTimersByTime(999)
    expect(await names(resources)).toEqual(['db'])
    vi.advanceTimersByTime(1)
    expect(await names(resources)).toEqual([])
    expect(asked).toBe(2)
  })

  it('returns all resources while they are not running', async () => {
    const resources = lifecycle({ db: { start: () => 0 } })
    expect(await names(resources)).toEqual(['db'])
  })
})

describe('the arguments of lifecycle', () => {
  const unchecked = lifecycle as unknown as (...given: unknown[]) => Lifecycle<{ db: number }>
  const start = () => 0

  it.each<[string, () => unknown, string]>([
    ['no object', () => unchecked([]), 'lifecycle: the resources must be an object, got an array'],
    ['no start', () => unchecked({ db: {} }), 'lifecycle: db.start must be a function, got undefined'],
    [
      'a stop that is not a function',
      () => unchecked({ db: { start, stop: 1 } }),
      'lifecycle: db.stop must be a function, got 1',
    ],
    [
      'a name of the contract',
      () => unchecked({ headers: { start } }),
      "lifecycle: 'headers' belongs to the contract, choose another name for the resource",
    ],
    [
      'a name twice',
      () => unchecked({ db: { start } }).and({ db: { start } } as never),
      "lifecycle: there is already a resource named 'db'",
    ],
    [
      'an unknown member',
      () => unchecked({ db: { start, redy: start } }),
      "lifecycle: db: unknown option 'redy', did you mean 'ready'?",
    ],
    [
      'an unknown replacement',
      () => unchecked({ users: { start } }).with({ usrs: 1 } as never),
      "lifecycle: unknown resource 'usrs', did you mean 'users'?",
    ],
    [
      'an unknown option',
      () => unchecked({}, { stopTimout: 1 }),
      "lifecycle: unknown option 'stopTimout', did you mean 'stopTimeout'?",
    ],
    [
      'a timeout that is not a duration',
      () => unchecked({}, { stopTimeout: 'soon' }),
      `lifecycle: stopTimeout must be a duration from 0 to 2147483647 ms, as a number of milliseconds or text such as '500ms', '30s' or '15m', got "soon"`,
    ],
    [
      'a lifecycle that is none',
      () => client(() => text(''), { lifecycle: {} as never }),
      'client: lifecycle must be made by lifecycle(…), got an instance of Object',
    ],
  ])('cannot have %s', (_, call, message) => {
    expect(call).toThrow(new TypeError(message))
  })
})

describe('a gateway that was not given the lifecycle', () => {
  it('starts it at the first request, once', async () => {
    const { steps, resource } = recorder()
    const resources = lifecycle({ db: resource('db') })
    const fetch = toFetch(stack(resources)(({ db }) => text(db)))
    const get = async () => (await fetch(new Request('http://a/'))).text()
    expect(steps).toEqual([])
    expect(await Promise.all([get(), get()])).toEqual(['db', 'db'])
    expect(await get()).toBe('db')
    expect(steps).toEqual(['+db'])
  })

  it('responds with 503 while it cannot start, and tries again after 1 s', async () => {
    vi.useFakeTimers()
    let attempts = 0
    const resources = lifecycle({
      db: { start: () => (++attempts < 3 ? Promise.reject(new Error('refused')) : 'up') },
    })
    await using web = client(stack(resources)(({ db }) => text(db)))
    const statuses = async (count: number) => {
      const responses = await Promise.all(Array.from({ length: count }, () => web.get('/')))
      return responses.map(({ status, headers }) => [status, headers.get('retry-after')])
    }
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const unavailable = [503, '1']
    expect(await statuses(3)).toEqual([unavailable, unavailable, unavailable])
    expect(await statuses(1)).toEqual([unavailable])
    expect(attempts).toBe(1)
    // One report per attempt.
    expect(web.errors).toMatchObject([{ message: "lifecycle: 'db' could not start: refused" }])
    vi.advanceTimersByTime(1_000)
    expect(await statuses(1)).toEqual([unavailable])
    vi.advanceTimersByTime(1_000)
    expect(await statuses(2)).toEqual([
      [200, null],
      [200, null],
    ])
    expect(attempts).toBe(3)
  })

  it('stops it when the gateway stops, in the reverse order of the starts', async () => {
    const { steps, resource } = recorder()
    const one = lifecycle({ one: resource('one') })
    const two = lifecycle({ two: resource('two') })
    const app = mount(
      '/one',
      stack(one)(() => text('')),
    )(stack(two)(() => text('')))
    {
      await using web = client(app)
      await web.get('/one')
      await web.get('/two')
    }
    expect(steps).toEqual(['+one', '+two', '-two', '-one'])
  })

  it('starts nothing once it stops', async () => {
    const { steps, resource } = recorder()
    const resources = lifecycle({ db: resource('db') })
    const web = client(
      stack(resources)(() => text('')),
      { stopping: AbortSignal.abort() },
    )
    expect((await web.get('/')).status).toBe(503)
    expect(steps).toEqual([])
  })

  it('starts it for environs that no gateway of this package has made', async () => {
    const { resource } = recorder()
    const resources = lifecycle({ db: resource('db') })
    const app = stack(resources)(({ db }) => text(db))
    const foreign = (gateway: Environ['gateway']) =>
      ({ gateway, errors: { write() {} } }) as unknown as Environ
    const gateway = { stopping: new AbortController().signal } as Environ['gateway']
    expect(await (await app(foreign(gateway))).text()).toBe('db')
    expect(app(foreign(gateway))).toBeInstanceOf(Response)
  })
})

it('stops resources after the responses and the promises given to waitUntil', async () => {
  const { steps, resource } = recorder()
  const resources = lifecycle({ db: resource('db') })
  const app = stack(resources)(({ db, waitUntil, finished }) => {
    waitUntil(
      finished
        .then(() => new Promise((resolve) => setTimeout(resolve, 5)))
        .then(() => steps.push(`saved in ${db}`)),
    )
    return text('')
  })
  {
    await using web = client(app, { lifecycle: resources })
    await (await web.get('/')).text()
  }
  expect(steps).toEqual(['+db', 'saved in db', '-db'])
})
