/** Applications that return, throw, yield or reject what no application should. */
import {
  type Application,
  bytes,
  type Environ,
  HttpError,
  html,
  json,
  mapBody,
  mapText,
  sse,
  stream,
  text,
  withHeaders,
} from '@tsgi/core'

/** Applications as a program without types could write them. */
type Wild = (environ: Environ) => unknown

/** The name of a case, and a function that creates a new application for each request. */
export type Case = readonly [name: string, make: () => Application]

const never = new Promise<never>(() => {})

function boom(): never {
  throw new Error('boom')
}

function revoked(target: object = {}): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

/** An object of which every member throws when it is read. */
function throwing(target: object): object {
  return new Proxy(target, { get: boom, has: boom, getPrototypeOf: boom, ownKeys: boom })
}

/** An object that `await` takes for a promise. */
function thenable(
  then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void,
): object {
  return Object.defineProperty({}, 'then', { value: then, enumerable: true })
}

/** A value with some getters that throw. */
function with_<T extends object>(target: T, ...names: string[]): T {
  for (const name of names) Object.defineProperty(target, name, { get: boom, configurable: true })
  return target
}

const values: readonly (readonly [string, () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a number', () => 1],
  ['a bigint', () => 1n],
  ['a string', () => 'text'],
  ['a symbol', () => Symbol('s')],
  ['a function', () => boom],
  ['an object', () => ({})],
  ['an object without a prototype', () => Object.create(null)],
  ['a revoked proxy', () => revoked()],
  ['a revoked proxy of a function', () => revoked(() => {})],
  ['a revoked proxy of a response', () => revoked(new Response('x'))],
  ['a revoked proxy of a promise', () => revoked(Promise.resolve())],
  ['a proxy that throws', () => throwing({})],
  ['a proxy of a response', () => new Proxy(new Response('x'), {})],
  ['a proxy of a light response', () => new Proxy(text('x'), {})],
  ['a proxy of a response that throws', () => throwing(new Response('x'))],
  ['a promise that rejects', () => Promise.reject(new Error('boom'))],
  ['an object whose toString throws', () => ({ toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom })],
  ['an object whose constructor throws', () => with_({}, 'constructor')],
  ['a class that looks like a response', () => ({ status: 200, headers: new Headers(), body: null })],
  ['a thenable that throws', () => thenable(boom)],
  ['a thenable whose getter throws', () => with_({}, 'then')],
  ['a thenable that rejects', () => thenable((_, reject) => reject(new Error('boom')))],
  [
    'a thenable that calls back twice',
    () =>
      thenable((resolve) => {
        resolve(text('a'))
        resolve(text('b'))
      }),
  ],
  ['a promise whose then throws', () => Object.assign(Promise.resolve(text('x')), thenable(boom))],
  [
    'a promise whose catch and finally throw',
    () => Object.assign(Promise.resolve(text('x')), { catch: boom, finally: boom }),
  ],
  ['a promise whose constructor throws', () => with_(Promise.resolve(text('x')), 'constructor')],
  ['a promise of a revoked proxy', () => Promise.resolve([revoked()])],
  ['an error', () => new Error('boom')],
  ['an error whose message throws', () => with_(new Error('boom'), 'message', 'stack', 'name', 'cause')],
  [
    'an error that causes itself',
    () => {
      const error = new Error('boom')
      error.cause = error
      return error
    },
  ],
  ['an error without a stack', () => Object.assign(new Error('boom'), { stack: undefined })],
  [
    'an error with a revoked proxy inside',
    () => Object.assign(new Error('boom', { cause: revoked() }), { inner: revoked() }),
  ],
  [
    'an aggregate of odd errors',
    () => new AggregateError([revoked(), undefined, with_(new Error(), 'message')]),
  ],
  [
    'an HttpError whose members throw',
    () => with_(new HttpError(404), 'status', 'detail', 'headers', 'report', 'extensions'),
  ],
  [
    'an HttpError with odd members',
    () => Object.assign(new HttpError(404), { status: 'x', detail: revoked(), headers: 1 }),
  ],
]

const bodies: readonly (readonly [string, () => unknown])[] = [
  ...values.map(([name, make]) => [`an iterable of ${name}`, () => stream([make()] as never)] as const),
  ...values.map(
    ([name, make]) =>
      [
        `an asynchronous iterable of ${name}`,
        () =>
          stream(
            (async function* () {
              yield make() as never
            })(),
          ),
      ] as const,
  ),
  ...values.map(
    ([name, make]) =>
      [
        `a chunk, then ${name}, thrown`,
        () =>
          stream(
            (async function* () {
              yield 'begun'
              throw make()
            })(),
          ),
      ] as const,
  ),
  ...values.map(
    ([name, make]) =>
      [
        `a ReadableStream of ${name}`,
        () =>
          new Response(
            new ReadableStream(
              {
                pull: (controller) => controller.enqueue(make() as never),
              },
              { highWaterMark: 0 },
            ),
          ),
      ] as const,
  ),
  ...values.map(
    ([name, make]) =>
      [
        `a ReadableStream that fails with ${name}`,
        () =>
          new Response(
            new ReadableStream(
              {
                pull: (controller) => controller.error(make()),
              },
              { highWaterMark: 0 },
            ),
          ),
      ] as const,
  ),
  ...values.map(([name, make]) => [`an event stream of ${name}`, () => sse([make()] as never)] as const),
  [
    'a promise that rejects among chunks',
    () => stream(['a', Promise.reject(new Error('boom')), 'b'] as never),
  ],
  ['promises that reject in every place', () => stream([Promise.reject(1), Promise.reject(2)] as never)],
  ['an iterable that throws when it is iterated', () => stream({ [Symbol.iterator]: boom } as never)],
  ['an iterable whose iterator is nothing', () => stream({ [Symbol.iterator]: () => undefined } as never)],
  ...iterators([
    ['whose next throws', { next: boom }],
    ['whose next rejects', { next: () => Promise.reject(new Error('boom')) }],
    ['whose next is missing', {}],
    ['whose next throws when it is read', with_({}, 'next')],
    ['that returns undefined', { next: () => undefined }],
    ['that returns a number', { next: () => 1 }],
    ['that returns a promise of undefined', { next: () => Promise.resolve() }],
    ['that returns a revoked proxy', { next: () => revoked() }],
    ['whose done throws', { next: () => with_({}, 'done') }],
    ['whose value throws', { next: () => with_({ done: false }, 'value') }],
    ['whose value rejects', { next: () => ({ done: false, value: Promise.reject(new Error('boom')) }) }],
    ['whose last value rejects', { next: () => ({ done: true, value: Promise.reject(new Error('boom')) }) }],
    ['that returns a thenable that throws', { next: () => thenable(boom) }],
    ['whose return throws', { next: bad, return: boom }],
    ['whose return rejects', { next: bad, return: () => Promise.reject(new Error('boom')) }],
    ['whose return never settles', { next: bad, return: () => never }],
    ['whose return throws when it is read', with_({ next: bad }, 'return')],
    ['whose return is no function', { next: bad, return: 1 }],
    ['whose return returns a revoked proxy', { next: bad, return: () => revoked() }],
  ]),
  [
    'bytes that are detached',
    () => {
      const chunk = new Uint8Array(8)
      structuredClone(chunk.buffer, { transfer: [chunk.buffer] })
      return stream([chunk])
    },
  ],
  ['bytes in shared memory', () => stream([new Uint8Array(new SharedArrayBuffer(8))])],
  [
    'bytes in memory that shrinks',
    () => {
      const buffer = new ArrayBuffer(8, { maxByteLength: 16 })
      const chunk = new Uint8Array(buffer, 4, 4)
      buffer.resize(2)
      return stream([chunk])
    },
  ],
  ['bytes whose length throws', () => stream([with_(new Uint8Array(8), 'byteLength', 'length', 'buffer')])],
  [
    'whole bytes whose length throws',
    () => bytes(with_(new Uint8Array(8), 'byteLength', 'length', 'buffer')),
  ],
  [
    'a stream whose pull throws',
    () => new Response(new ReadableStream({ pull: boom }, { highWaterMark: 0 })),
  ],
  [
    'a stream whose cancel throws',
    () => new Response(new ReadableStream({ pull: badChunk, cancel: boom }, { highWaterMark: 0 })),
  ],
  [
    'a stream whose cancel rejects',
    () =>
      new Response(
        new ReadableStream(
          { pull: badChunk, cancel: () => Promise.reject(new Error('boom')) },
          { highWaterMark: 0 },
        ),
      ),
  ],
  [
    'a stream whose cancel never settles',
    () => new Response(new ReadableStream({ pull: badChunk, cancel: () => never }, { highWaterMark: 0 })),
  ],
  [
    'a stream that is locked',
    () => {
      const response = new Response('x')
      response.body?.getReader()
      return response
    },
  ],
  [
    'a body that was read',
    async () => {
      const response = new Response('x')
      await response.text()
      return response
    },
  ],
  [
    'a stream that is cancelled while it is read',
    () => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      setTimeout(() => void writable.abort(revoked()).catch(() => {}), 5)
      return new Response(readable)
    },
  ],
  [
    'a form',
    () => {
      const form = new FormData()
      form.set('file', new File(['x'.repeat(100_000)], 'f'))
      return new Response(form)
    },
  ],
  ['an error response', () => Response.error()],
  [
    'a response whose members throw',
    () => with_(new Response('x'), 'status', 'headers', 'body', 'statusText', 'bodyUsed'),
  ],
  [
    'a light response whose members throw',
    () => with_(text('x'), 'status', 'headers', 'body', 'statusText', 'bodyUsed'),
  ],
  [
    'a response whose status throws',
    () => with_(new Response(new ReadableStream({ cancel: boom })), 'status'),
  ],
  [
    'a response with an odd status',
    () => Object.defineProperty(new Response('x'), 'status', { value: revoked() }),
  ],
  [
    'a response with odd headers',
    () => Object.defineProperty(new Response('x'), 'headers', { value: revoked() }),
  ],
  [
    'a response with an odd body',
    () => Object.defineProperty(new Response('x'), 'body', { value: revoked() }),
  ],
  ['a text that is none', () => text(Promise.reject(new Error('boom')) as never)],
  ['a page that is none', () => html(Promise.reject(new Error('boom')) as never)],
  ['bytes that are none', () => bytes(Promise.reject(new Error('boom')) as never)],
  ['JSON of a promise that rejects', () => json(Promise.reject(new Error('boom')) as never)],
  ['JSON of a revoked proxy', () => json(revoked() as never)],
  ['JSON that throws', () => json({ toJSON: boom } as never)],
  ['a changed text that rejects', () => mapText(text('x'), () => Promise.reject(new Error('boom')))],
  ['a changed text of a body that fails', () => mapText(stream([1] as never), (page) => page)],
  ['a changed body that throws', () => mapBody(text('x'), boom)],
  ['a changed body of another kind', () => mapBody(text('x'), () => revoked() as never)],
  [
    'a changed body that fails',
    () => mapBody(stream([1] as never), (body) => body.pipeThrough(new TransformStream({ transform: boom }))),
  ],
  ['odd headers', () => withHeaders(text('x'), revoked() as never)],
  ['a length that is none', () => new Response('x', { headers: { 'content-length': 'x' } })],
  ['a length that is too small', () => stream(['x'.repeat(100_000)], { headers: { 'content-length': '5' } })],
  ['a length that is too large', () => stream(['x'], { headers: { 'content-length': '500000' } })],
]

const actions: readonly (readonly [string, Wild])[] = [
  ...values.map(
    ([name, make]) =>
      [
        `gives ${name} to waitUntil`,
        (environ: Environ) => {
          environ.waitUntil(make() as never)
          return text('x')
        },
      ] as const,
  ),
  [
    'gives promises that reject to waitUntil',
    ({ waitUntil }) => {
      waitUntil(Promise.reject(new Error('boom')))
      waitUntil(Promise.reject(revoked()))
      return text('x')
    },
  ],
  ...values.map(
    ([name, make]) =>
      [
        `writes ${name} to the error log`,
        (environ: Environ) => {
          environ.errors.write(make())
          return text('x')
        },
      ] as const,
  ),
  [
    'reads the body twice and drops it',
    ({ request }) => {
      void request.clone()
      void request.body?.cancel(revoked())
      return text('x')
    },
  ],
]

/** Iterables with an odd iterator, synchronous and asynchronous. */
function iterators(list: readonly (readonly [string, object])[]): [string, () => unknown][] {
  return list.flatMap(([name, iterator]) => [
    [`an iterator ${name}`, () => stream({ [Symbol.iterator]: () => iterator } as never)],
    [`an asynchronous iterator ${name}`, () => stream({ [Symbol.asyncIterator]: () => iterator } as never)],
    [`an iterator of events ${name}`, () => sse({ [Symbol.asyncIterator]: () => iterator } as never)],
  ])
}

function bad(): unknown {
  return { done: false, value: 1 }
}

function badChunk(controller: ReadableStreamDefaultController<unknown>): void {
  controller.enqueue('not bytes')
}

const wild = (app: Wild) => app as Application

/** All cases. */
export const hostileApplications: readonly Case[] = [
  ...values.flatMap(([name, make]): Case[] => [
    [`returns ${name}`, () => wild(make)],
    [`resolves to ${name}`, () => wild(async () => [make()][0])],
    [
      `throws ${name}`,
      () =>
        wild(() => {
          throw make()
        }),
    ],
    [`rejects with ${name}`, () => wild(() => Promise.reject(make()))],
  ]),
  ...bodies.map(([name, make]): Case => [`responds with ${name}`, () => wild(make)]),
  ...actions.map(([name, app]): Case => [name, () => wild(app)]),
]

/** Endless bodies whose end goes wrong when the client disconnects. */
export const hostileEndings: readonly Case[] = [
  ...values.map(
    ([name, make]): Case => [
      `throws ${name} in a finally`,
      () => () =>
        stream(
          (async function* () {
            try {
              for (;;) yield 'x'.repeat(10_000)
            } finally {
              // biome-ignore lint/correctness/noUnsafeFinally: an application may do so.
              throw make()
            }
          })(),
        ),
    ],
  ),
  ...(
    [
      ['throws', boom],
      ['rejects', () => Promise.reject(revoked())],
      ['never settles', () => never],
      ['is no function', 1],
      ['returns a revoked proxy', () => revoked()],
    ] as const
  ).flatMap(([name, end]): Case[] => [
    [
      `has an iterator whose return ${name}`,
      () =>
        wild(() =>
          stream({
            [Symbol.asyncIterator]: () => ({
              next: async () => ({ done: false, value: 'x'.repeat(10_000) }),
              return: end,
            }),
          } as never),
        ),
    ],
    [
      `has a stream whose cancel ${name}`,
      () =>
        wild(
          () =>
            new Response(
              new ReadableStream({
                pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
                cancel: end as never,
              }),
            ),
        ),
    ],
  ]),
]
