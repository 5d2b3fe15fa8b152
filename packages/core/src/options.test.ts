import { describe, expect, expectTypeOf, it } from 'vitest'
import { connectionBounds, requestBounds } from './gateway.ts'
import {
  checkOptions,
  checkOrigin,
  checkSchema,
  type Duration,
  describe as describeValue,
  duration,
  messageOf,
  parseDuration,
  readLimits,
  readSeconds,
  readSecrets,
} from './options.ts'

/** Values that throw when they are converted to text, or even when their class is asked for. */
function hostileValues(): unknown[] {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const failing = () => {
    throw new Error('hostile')
  }
  const error = Object.defineProperty(new Error(), 'message', { get: failing })
  return [Object.create(null), { toString: failing }, revoked.proxy, error, { [Symbol.toPrimitive]: failing }]
}

describe('messageOf', () => {
  it('never throws', () => {
    expect(hostileValues().map(messageOf)).toEqual([
      'an instance of no class',
      'an instance of Object',
      'an object that throws when it is read',
      'an instance of Error',
      'an instance of Object',
    ])
  })
})

describe('describe', () => {
  it.each([
    ['text', '"text"'],
    ['x'.repeat(81), `"${'x'.repeat(80)}"…`],
    [new Date(Number.NaN), 'an instance of Date'],
    [Object.create(null), 'an instance of no class'],
    [(async function* () {})(), 'an instance of no class'],
    [Symbol('s'), 'Symbol(s)'],
    [[1], 'an array'],
    [class {}, 'a function'],
  ])('describes value %#', (value, description) => {
    expect(describeValue(value)).toBe(description)
  })

  it('describes an object that throws when it is read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(describeValue(proxy)).toBe('an object that throws when it is read')
  })
})

describe('readLimits', () => {
  it('accepts sizes as numbers of bytes and as text with a unit', () => {
    const size = { maxSize: { default: 1024, min: 1, max: 1_048_576, unit: 'bytes' } }
    const read = (maxSize: unknown) => readLimits('upload', { maxSize }, size).maxSize
    expect([read(undefined), read(5), read('5B'), read('1.5KiB'), read('1MiB')]).toEqual([
      1024, 5, 5, 1536, 1_048_576,
    ])
    for (const wrong of ['2MiB', '1MB', '1 KiB', '', 0, 1.5, null]) {
      expect(() => read(wrong)).toThrow(
        /^upload: maxSize must be a size from 1 to 1048576 bytes, as a number of bytes or text such as '64KiB' or '16MiB', got /,
      )
    }
  })

  const bounds = { parts: { default: 8, min: 1, max: 64, unit: 'parts' }, wait: duration(100) }

  it('fills in defaults and accepts values within the bounds', () => {
    expect(readLimits('upload', {}, bounds)).toEqual({ parts: 8, wait: 100 })
    expect(readLimits('upload', { parts: 64, wait: 0 }, bounds)).toEqual({ parts: 64, wait: 0 })
    expect(readLimits('upload', { parts: undefined }, bounds).parts).toBe(8)
    expectTypeOf(readLimits('upload', {}, bounds)).toEqualTypeOf<Record<'parts' | 'wait', number>>()
  })

  it('reads durations as milliseconds or as text with a unit', () => {
    expect(readLimits('upload', { wait: '1.5s' }, bounds).wait).toBe(1500)
    expect(readLimits('upload', { wait: '2m' }, bounds).wait).toBe(120_000)
    expect(readLimits('upload', { wait: 30 }, bounds).wait).toBe(30)
  })

  it('ignores options that it has no bounds for', () => {
    expect(readLimits('upload', { ...{ path: '/' }, parts: 2 }, bounds)).toEqual({ parts: 2, wait: 100 })
  })

  it.each([
    [0, '0'],
    [65, '65'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['2', '"2"'],
    [null, 'null'],
    [true, 'true'],
    [2n, '2'],
  ])('rejects %s', (parts, shown) => {
    expect(() => readLimits('upload', { parts }, bounds)).toThrow(
      new TypeError(`upload: parts must be a whole number of parts from 1 to 64, got ${shown}`),
    )
  })

  it.each(['30', '30 s', '-1s', '1e3s', '1w', 's', '25d', -1, 0.5, null])(
    'rejects the duration %s',
    (wait) => {
      expect(() => readLimits('upload', { wait }, bounds)).toThrow(
        "upload: wait must be a duration from 0 to 2147483647 ms, as a number of milliseconds or text such as '500ms', '30s' or '15m', got ",
      )
    },
  )

  it('accepts Infinity only if that is the upper bound', () => {
    const { maxBodySize } = readLimits('serve', { maxBodySize: Number.POSITIVE_INFINITY }, requestBounds)
    expect(maxBodySize).toBe(Number.POSITIVE_INFINITY)
    expect(() => readLimits('serve', { headersTimeout: Number.POSITIVE_INFINITY }, connectionBounds)).toThrow(
      'serve: headersTimeout must be a duration',
    )
  })
})

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['0s', 0],
    [42, 42],
  ])('converts %s to %i ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it('has a type that rejects text without a unit', () => {
    expectTypeOf<'30s'>().toExtend<Duration>()
    expectTypeOf<30>().toExtend<Duration>()
    expectTypeOf<'30'>().not.toExtend<Duration>()
  })
})

describe('checkOptions', () => {
  const known = ['secrets', 'store', 'maxAge']

  it('accepts options that are known, and none at all', () => {
    expect(() => checkOptions('session', { store: 1, secrets: undefined }, known)).not.toThrow()
    expect(() => checkOptions('session', {}, known)).not.toThrow()
  })

  it.each([
    [{ secret: 'x' }, "session: unknown option 'secret', did you mean 'secrets'?"],
    [{ maxage: 1 }, "session: unknown option 'maxage', did you mean 'maxAge'?"],
    [{ colour: 1 }, "session: unknown option 'colour'; known: secrets, store, maxAge"],
    [null, 'session: options must be an object, got null'],
    ['x', 'session: options must be an object, got "x"'],
    [[], 'session: options must be an object, got an array'],
    [() => {}, 'session: options must be an object, got a function. Call session(…) before you pass it on'],
  ])('rejects %o', (options, message) => {
    expect(() => checkOptions('session', options, known)).toThrow(new TypeError(message))
  })
})

describe('readSecrets', () => {
  const [newest, older] = ['n'.repeat(32), 'o'.repeat(40)]
  const hint = 'Generate one with: openssl rand -base64 32'

  it('returns one secret or several as a list', () => {
    expect(readSecrets('session', newest)).toEqual([newest])
    expect(readSecrets('session', [newest, older])).toEqual([newest, older])
  })

  it.each([
    [undefined, 'secrets must be text, got undefined'],
    [null, 'secrets must be text, got null'],
    [7, 'secrets must be text, got number'],
    [[newest, undefined], 'secrets[1] must be text, got undefined'],
    ['', 'secrets must be at least 32 characters, got 0'],
    ['x'.repeat(31), 'secrets must be at least 32 characters, got 31'],
    [[newest, 'password'], 'secrets[1] must be at least 32 characters, got 8'],
    [[], 'secrets must not be an empty list'],
  ])('rejects %j without showing it', (secrets, message) => {
    expect(() => readSecrets('session', secrets)).toThrow(new TypeError(`session: ${message}. ${hint}`))
  })
})

describe('checkSchema', () => {
  const schema = { '~standard': { version: 1, vendor: 'tests', validate: (value: unknown) => ({ value }) } }

  it('accepts an object or a function with the interface', () => {
    expect(checkSchema('form: schema', schema)).toBeUndefined()
    expect(
      checkSchema(
        'form: schema',
        Object.assign(() => {}, schema),
      ),
    ).toBeUndefined()
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', '"text"'],
    [() => {}, 'a function'],
    [{ '~standard': {} }, 'an instance of Object'],
    [{ '~standard': null }, 'an instance of Object'],
  ])('rejects %s', (value, description) => {
    expect(() => checkSchema('form: schema', value)).toThrow(
      new TypeError(`form: schema must be a Standard Schema, such as a zod schema, got ${description}`),
    )
  })
})

describe('readSeconds', () => {
  it('reads a number of seconds, or text with a unit', () => {
    expect(
      [0, 600, '0s', '90s', '10m', '365d', '5000ms'].map((value) => readSeconds('o', value as Duration)),
    ).toEqual([0, 600, 0, 90, 600, 31_536_000, 5])
  })

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '600', '1500ms', '10 m', null, undefined, true])(
    'rejects %s',
    (value) => {
      expect(() => readSeconds('cors: maxAge', value as Duration)).toThrow(
        'cors: maxAge must be a whole number of seconds or text such as ',
      )
    },
  )
})

describe('checkOrigin', () => {
  it.each([
    'https://example.com',
    'http://localhost:8000',
    'https://example.com:8443',
    'https://xn--mller-kva.example',
    'http://[::1]:8000',
    'http://192.168.1.5',
    'capacitor://localhost',
    'chrome-extension://abcdefghijklmnop',
  ])('accepts %s', (origin) => {
    expect(() => checkOrigin('option', origin)).not.toThrow()
  })

  it.each([
    ['https://example.com/', "Write 'https://example.com'"],
    ['https://Example.com:443', "Write 'https://example.com'"],
    ['https://user:password@example.com?x#y', "Write 'https://example.com'"],
    ['example.com', "Add the scheme: 'https://example.com'"],
    ['//example.com', "Add the scheme: 'https://example.com'"],
    ['https://a.com, https://b.com', 'Pass several origins as a list'],
    ['https://*.example.com', "'*' is not allowed here"],
    ['https://a b', 'got "https://a b"'],
    ['https://', 'got "https://"'],
    ['app://', 'got "app://"'],
    ['app://host/path', 'got "app://host/path"'],
    ['', 'got ""'],
    [null, 'got null'],
    [['https://a.com'], 'got an array'],
  ])('rejects %s and says what to write', (origin, hint) => {
    const check = () => checkOrigin('option', origin)
    expect(check).toThrow(TypeError)
    expect(check).toThrow("option must be an origin such as 'https://example.com', got ")
    expect(check).toThrow(hint)
  })
})
