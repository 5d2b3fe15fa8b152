import { extend, json, type Middleware, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { formBytes, formHeaders, type SentPart } from '../../test/multipart.ts'
import { type ArgsLimits, args, file, fileList, formBody } from '../index.ts'
import type { FormFiles } from './form-file.ts'

const Title = z.object({ title: z.string().min(3) })
const png = { filename: 'sea.png', type: 'image/png' }

function sent(...parts: SentPart[]) {
  return { body: formBytes(parts), headers: formHeaders }
}

/** Returns a list of text files that are streamed, and a log of what happened to them. */
function loggedFiles(options: { types?: string[]; optional?: boolean } = {}) {
  const log: string[] = []
  const files = fileList({
    maxSize: 10,
    maxCount: 2,
    ...options,
    async receive(part) {
      log.push(`begin ${part.filename}`)
      const content = await part.text()
      log.push(`end ${part.filename}`)
      return content
    },
    discard: (content) => log.push(`discard ${content}`),
  })
  return { log, files }
}

function uploads(
  limits: ArgsLimits = {},
  { files: others = {}, ...options }: { types?: string[]; optional?: boolean; files?: FormFiles } = {},
) {
  const { log, files } = loggedFiles(options)
  const body = formBody(Title, { files: { files, ...others } })
  const query = z.object({ n: z.coerce.number().default(1) })
  const app = args({ body, query, limits })(({ args }) => json(args.body))
  return { log, web: client(app) }
}

const doc = (content: string, filename = content): SentPart => ['files', content, { filename }]

async function errorsOf(response: Response): Promise<readonly unknown[]> {
  expect(response.status).toBe(422)
  const { errors } = (await response.json()) as { errors: { path: unknown; code: unknown }[] }
  return errors.map(({ path, code }) => [path, code])
}

async function detailOf(response: Response, status: number): Promise<unknown> {
  expect(response.status).toBe(status)
  return ((await response.json()) as { detail: unknown }).detail
}

describe('a declared file', () => {
  it('is a File in memory unless a function receives it', async () => {
    const body = formBody(Title, { files: { photo: file({ maxSize: 10 }) } })
    const app = args({ body })(async ({ args: { body } }) => {
      expectTypeOf(body.photo).toEqualTypeOf<File>()
      return json([body.title, body.photo instanceof File, body.photo.name, await body.photo.text()])
    })
    const response = await client(app).post('/', sent(['title', 'The sea'], ['photo', '…', png]))
    expect(await response.json()).toEqual(['The sea', true, 'sea.png', '…'])
  })

  it('has the value that its function returns, with its type', async () => {
    const size = file({ receive: async ({ body }) => (await new Response(body).bytes()).byteLength })
    const names = fileList({ maxCount: 3, receive: ({ filename }) => filename })
    const other = file({ optional: true })
    const app = args({ body: formBody(Title, { files: { size, names, other } }) })(({ args: { body } }) => {
      expectTypeOf(body.size).toEqualTypeOf<number>()
      expectTypeOf(body.names).toEqualTypeOf<readonly string[]>()
      expectTypeOf(body.other).toEqualTypeOf<File | undefined>()
      expectTypeOf(body.title).toEqualTypeOf<string>()
      return json([body.size, body.names, body.other === undefined])
    })
    const response = await client(app).post(
      '/',
      sent(
        ['names', 'skipped', png],
        ['size', 'four', png],
        ['title', 'Sea'],
        ['names', '', { filename: 'b' }],
      ),
    )
    expect(await response.json()).toEqual([4, ['sea.png', 'b'], true])
  })

  it('has a function that gets the environ, and requires what it reads from it', async () => {
    const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'ada' }))
    const receive = async ({ filename }: { filename: string }, { user }: { user: string }) =>
      `${user}/${filename}`
    const body = formBody(z.object({}), { files: { photo: file({ receive }) } })
    const app = args({ body })(({ args }) => text(args.body.photo))
    const response = await client(stack(user)(app)).post('/', sent(['photo', '…', png]))
    expect(await response.text()).toBe('ada/sea.png')
    // @ts-expect-error The environ has no user.
    client(app)
  })

  it('has a function that can read the arguments of an outer `args`, and the parameters of a route', async () => {
    const named = file({
      receive: ({ filename }, { params, args }: { params: { id: string }; args: { query: { n: number } } }) =>
        `${filename} ${params.id} ${args.query.n}`,
    })
    const query = args({ query: z.object({ n: z.coerce.number() }) })
    const upload = args({ body: formBody(z.object({}), { files: { named } }) })
    const post = stack(query, upload)(({ args }) => json([args.query.n, args.body.named]))
    const response = await client(router({ '/:id': { POST: post } })).post('/7?n=3', sent(['named', '', png]))
    expect(await response.json()).toEqual([3, 'sea.png 7 3'])
    // @ts-expect-error The pattern has no id.
    router({ '/:name': { POST: post } })
  })

  it('is given to the function with its name, type and headers', async () => {
    const photo = file({
      receive: ({ name, filename, type, headers }) => [name, filename, type, [...headers.keys()]],
    })
    const app = args({ body: formBody(z.object({}), { files: { photo } }) })(({ args }) =>
      json(args.body.photo),
    )
    const response = await client(app).post('/', sent(['photo', '…', { ...png, filename: '../sea.png' }]))
    expect(await response.json()).toEqual([
      'photo',
      '../sea.png',
      'image/png',
      ['content-disposition', 'content-type'],
    ])
  })

  it('is required unless it is optional', async () => {
    const { web, log } = uploads()
    expect(await errorsOf(await web.post('/', sent(['title', 'Sea'])))).toEqual([[['files'], 'missing']])
    expect(await errorsOf(await web.post('/', sent()))).toEqual([
      [['files'], 'missing'],
      [['title'], 'invalid_type'],
    ])
    // Neither a body nor a type.
    expect(await errorsOf(await web.post('/'))).toEqual([
      [['files'], 'missing'],
      [['title'], 'invalid_type'],
    ])
    const optional = await uploads({}, { optional: true }).web.post('/', sent(['title', 'Sea']))
    expect(await optional.json()).toEqual({ title: 'Sea', files: [] })
    expect(log).toEqual([])
  })

  it('must be a file, of an accepted type, and not more than allowed', async () => {
    const { web, log } = uploads({}, { types: ['image/*', 'text/plain'] })
    const title: SentPart = ['title', 'Sea']
    const typed = (type: string): SentPart => ['files', 'x', { filename: 'x', type }]
    const send = async (...parts: SentPart[]) => errorsOf(await web.post('/', sent(title, ...parts)))
    expect(await send(['files', 'text'])).toEqual([[['files'], 'invalid_type']])
    for (const type of ['text/html', 'image', '*/*', 'x']) {
      expect(await send(typed(type))).toEqual([[['files'], 'invalid_media_type']])
    }
    expect(log).toEqual([])
    expect((await web.post('/', sent(title, typed('IMAGE/PNG; a=b'), doc('b')))).status).toBe(200)
    expect(await send(doc('a'), doc('b'), doc('c'))).toEqual([[['files'], 'too_many']])
    const one = formBody(z.object({}), { files: { one: file({}) } })
    const twice = await client(args({ body: one })(() => text(''))).post(
      '/',
      sent(['one', 'a', png], ['one', 'b', png]),
    )
    expect(await errorsOf(twice)).toEqual([[['one'], 'repeated']])
  })

  it('is received after all other parts of the request, and only if they are valid', async () => {
    const { web, log } = uploads()
    const form = sent(['title', 'Sea'], doc('a'))
    expect(await errorsOf(await web.post('/?n=x', form))).toEqual([[['n'], 'invalid_type']])
    expect(log).toEqual([])
    expect((await web.post('/?n=2', form)).status).toBe(200)
  })
})

describe('received files are discarded, the last one first,', () => {
  const discarded = ['begin a', 'end a', 'begin b', 'end b', 'discard b', 'discard a']

  it('if a field is invalid', async () => {
    const { web, log } = uploads()
    const response = await web.post('/', sent(doc('a'), doc('b'), ['title', '?']))
    expect(await errorsOf(response)).toEqual([[['title'], 'too_small']])
    expect(log).toEqual(discarded)
  })

  it('if a later part is invalid, malformed, too large or missing', async () => {
    const bytes = formBytes([['title', 'Sea'], doc('a'), doc('b')])
    const malformed = { body: bytes.slice(0, -4), headers: formHeaders }
    for (const [form, status] of [
      [sent(doc('a'), doc('b'), doc('c')), 422],
      [malformed, 400],
      [sent(doc('a'), doc('b'), ['title', new Uint8Array([255])]), 400],
      [sent(doc('a'), doc('b'), ['title', 'x'.repeat(11)]), 413],
      [sent(doc('a'), doc('b')), 422],
    ] as const) {
      const { web, log } = uploads({ maxFieldSize: 10 })
      expect([(await web.post('/', form)).status, log]).toEqual([status, discarded])
    }
  })

  it('if the function of another file or a schema throws', async () => {
    const { log, files } = loggedFiles()
    const broken = file({
      receive() {
        throw new Error('the disk is full')
      },
    })
    const failing = z.object({ title: z.string().refine(() => Promise.reject(new Error('no database'))) })
    const app = args({ body: formBody(failing, { files: { files, broken } }) })(() => text(''))
    const errors: unknown[] = []
    const web = client(app, { errors: { write: (error) => errors.push(error) } })
    expect((await web.post('/', sent(doc('a'), doc('b'), ['broken', '…', png]))).status).toBe(500)
    expect(log.splice(0)).toEqual(discarded)
    const working = args({ body: formBody(failing, { files: { files } }) })(() => text(''))
    const other = client(working, { errors: { write: (error) => errors.push(error) } })
    expect((await other.post('/', sent(doc('a'), doc('b'), ['title', 'x']))).status).toBe(500)
    expect(log).toEqual(discarded)
    expect(errors.map(String)).toEqual(['Error: the disk is full', 'Error: no database'])
  })

  it('before onInvalid responds', async () => {
    const { log, files } = loggedFiles()
    const app = args({ body: formBody(Title, { files: { files } }) })(
      () => text(''),
      ({ values }) => json([values.body, [...log]], { status: 422 }),
    )
    const response = await client(app).post('/', sent(doc('a'), doc('b'), ['title', '?']))
    expect(await response.json()).toEqual([{ title: '?' }, discarded])
  })

  it('and an error while discarding is reported', async () => {
    const files = fileList({
      maxCount: 2,
      receive: ({ filename }) => filename,
      discard: (name) => Promise.reject(new Error(`cannot delete ${name}`)),
    })
    const errors: unknown[] = []
    const app = args({ body: formBody(Title, { files: { files } }) })(() => text(''))
    const web = client(app, { errors: { write: (error) => errors.push(error) } })
    expect((await web.post('/', sent(doc('a'), doc('b')))).status).toBe(422)
    expect(errors.map(String)).toEqual(['Error: cannot delete b', 'Error: cannot delete a'])
  })

  it('unless the application was called', async () => {
    const { log, files } = loggedFiles()
    const app = args({ body: formBody(z.object({}), { files: { files } }) })(() => {
      throw new Error('a bug')
    })
    expect((await client(app, { errors: { write() {} } }).post('/', sent(doc('a')))).status).toBe(500)
    expect(log).toEqual(['begin a', 'end a'])
  })
})

describe('the function of a file', () => {
  it('need not read the file to its end', async () => {
    const photo = file({
      maxSize: 500_000,
      async receive({ body }) {
        for await (const chunk of body) return chunk[0]
        return undefined
      },
    })
    const app = args({ body: formBody(Title, { files: { photo } }) })(({ args }) => json(args.body))
    const content = new Uint8Array(400_000).fill(7)
    const response = await client(app).post('/', sent(['photo', content, png], ['title', 'Sea']))
    expect(await response.json()).toEqual({ photo: 7, title: 'Sea' })
  })

  it('gets the error of a file that is too large, which the client gets even if the function hides it', async () => {
    const seen: string[] = []
    const photo = file({
      maxSize: 10,
      receive: ({ body }) =>
        new Response(body).bytes().catch((error: Error) => {
          seen.push(error.message)
          throw new Error('S3 is down', { cause: error })
        }),
    })
    const app = args({ body: formBody(Title, { files: { photo } }) })(() => text(''))
    const response = await client(app).post('/', sent(['photo', 'x'.repeat(11), png]))
    expect(await detailOf(response, 413)).toBe('The file in "photo" is larger than 10 bytes.')
    expect(seen).toEqual(['The file in "photo" is larger than 10 bytes.'])
  })

  it('cannot read a file after it has returned', async () => {
    const late: ReadableStream[] = []
    const photos = fileList({ maxCount: 2, receive: ({ body }) => late.push(body) })
    const app = args({ body: formBody(z.object({}), { files: { photos } }) })(() => text('done'))
    const response = await client(app).post('/', sent(['photos', 'a', png], ['photos', 'b', png]))
    expect(await response.text()).toBe('done')
    await expect(late[0]!.getReader().read()).rejects.toThrow('because the form is no longer being read')
  })

  it('can read a file only once', async () => {
    const photo = file({
      async receive(part) {
        await part.bytes()
        return part.text().catch((error: Error) => error.message)
      },
    })
    const app = args({ body: formBody(z.object({}), { files: { photo } }) })(({ args }) =>
      text(args.body.photo),
    )
    const response = await client(app).post('/', sent(['photo', 'a', png]))
    expect(await response.text()).toBe('The file in "photo" was read before')
  })
})

describe('the limits of a form with declared files', () => {
  it('count declared files by themselves, and everything else together', async () => {
    const { web } = uploads({ maxBodySize: 400, maxFiles: 1, maxFieldSize: 300 })
    const full = [doc('0123456789'), doc('9876543210')]
    const title = (size: number): SentPart => ['title', 'x'.repeat(size)]
    expect((await web.post('/', sent(title(300)))).status).toBe(422)
    expect((await web.post('/', sent(...full, title(100)))).status).toBe(200)
    expect(await detailOf(await web.post('/', sent(title(301))), 413)).toBe(
      'The field "title" is larger than 300 bytes.',
    )
    expect(await detailOf(await web.post('/', sent(doc('01234567890', 'a'))), 413)).toBe(
      'The file in "files" is larger than 10 bytes.',
    )
    const others = [1, 2].map((n): SentPart => [`${n}`, 'x', png])
    expect(await detailOf(await web.post('/', sent(...others)), 413)).toBe('The form has more than 1 files.')
  })

  it('keep fields from using the space of the files', async () => {
    const body = formBody(Title, { files: { video: file({ maxSize: 1_000_000, receive: () => '' }) } })
    const web = client(args({ body, limits: { maxBodySize: 500 } })(() => text('')))
    const fields = [1, 2].map((n): SentPart => [`${n}`, 'x'.repeat(300)])
    expect(await detailOf(await web.post('/', sent(...fields)), 413)).toBe(
      'The fields of the form are together larger than 500 bytes.',
    )
  })

  it('reject a body by its Content-Length if it is larger than all of them together', async () => {
    const { web, log } = uploads({ maxBodySize: 1000 })
    const response = await web.post('/', sent(doc('a'), ['title', 'x'.repeat(1020)]))
    expect(await detailOf(response, 413)).toBe('The request body is larger than 1020 bytes.')
    expect(log).toEqual([])
  })

  it('can be set for single fields, of both kinds of form', async () => {
    const schema = z.object({ title: z.string().optional(), note: z.string().optional() })
    const body = formBody(schema, { fields: { note: { maxSize: 4 }, title: { maxSize: 2_000_000 } } })
    const limits = { maxBodySize: 3_000_000, maxFieldSize: 2 }
    const web = client(args({ body, limits })(() => text('')))
    for (const send of [
      (name: string, value: string) => web.post('/', sent([name, value])),
      (name: string, value: string) => web.post('/', { form: { [name]: value } }),
    ]) {
      expect((await send('note', 'éé')).status).toBe(200)
      expect((await send('title', 'x'.repeat(1_500_000))).status).toBe(200)
      expect(await detailOf(await send('note', 'ééx'), 413)).toBe('The field "note" is larger than 4 bytes.')
      expect(await detailOf(await send('other', 'abc'), 413)).toBe(
        'The field "other" is larger than 2 bytes.',
      )
    }
  })
})

describe('a multipart form without declared files', () => {
  it('keeps the class of the value that its schema returns', async () => {
    const body = formBody(Title.transform(({ title }) => new URL(title, 'http://a/')))
    const response = await client(args({ body })(({ args }) => text(args.body.href))).post(
      '/',
      sent(['title', 'sea']),
    )
    expect(await response.text()).toBe('http://a/sea')
  })
})

describe('a form with declared files', () => {
  it('must be multipart if a file is required', async () => {
    const photo = file({ optional: true })
    for (const { web } of [uploads(), uploads({}, { files: { photo } })]) {
      const response = await web.post('/', { form: { title: 'Sea' } })
      expect([response.status, response.headers.get('accept')]).toEqual([415, 'multipart/form-data'])
    }
  })

  it('may be urlencoded if all files are optional', async () => {
    const { web, log } = uploads({}, { optional: true, files: { photo: file({ optional: true }) } })
    // A file input without a file sends an empty value.
    for (const form of [{ title: 'Sea' }, { title: 'Sea', files: '', photo: '' }]) {
      const response = await web.post('/', { form })
      expect(await response.json()).toEqual({ files: [], title: 'Sea' })
    }
    const invalid = await web.post('/', { form: { title: '?', photo: 'sea.png' } })
    expect((await invalid.clone().json()).errors[0].message).toBe(
      'Invalid input: expected a file, send the form as multipart/form-data',
    )
    expect(await errorsOf(invalid)).toEqual([
      [['photo'], 'invalid_type'],
      [['title'], 'too_small'],
    ])
    const empty = await web.post('/', {
      body: '',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(await errorsOf(empty)).toEqual([[['title'], 'invalid_type']])
    expect(log).toEqual([])
  })

  it('is checked at start', () => {
    const start = (options: object) => () => file(options)
    expect(start({ maxsize: 1 })).toThrow("file: unknown option 'maxsize', did you mean 'maxSize'?")
    expect(start({ maxCount: 1 })).toThrow("file: unknown option 'maxCount'")
    expect(start({ maxSize: 0 })).toThrow('file: maxSize must be a size')
    expect(start({ types: ['png'] })).toThrow('file: types must be media types or ranges, got "png"')
    expect(start({ types: 'image/png' })).toThrow('file: types must be a list')
    expect(start({ receive: 'uploads/' })).toThrow('file: receive must be a function, got "uploads/"')
    expect(start({ discard() {} })).toThrow('file: discard has nothing to delete without receive')
    expect(start({ optional: 'yes' })).toThrow('file: optional must be a boolean, got "yes"')
    expect(() => fileList({} as never)).toThrow('fileList: maxCount is required')
    expect(() => fileList({ maxCount: 0 })).toThrow(
      'fileList: maxCount must be a whole number of files from 1',
    )
    const photo = file({})
    expect(() => formBody(Title, { files: { photo: {} as never } })).toThrow(
      'formBody: files.photo must be created by file() or fileList()',
    )
    expect(() => formBody(Title, { file: { photo } } as never)).toThrow("did you mean 'files'?")
    expect(() => formBody(Title, { fields: { title: {} as never } })).toThrow(
      'formBody: fields.title must have a maxSize',
    )
    expect(() => formBody(Title, { files: { photo }, fields: { photo: { maxSize: 1 } } })).toThrow(
      'formBody: fields.photo is a file',
    )
    expect(() => args({ body: formBody(Title, { files: { title: photo } }) })).toThrow(
      'args: body.title is declared twice',
    )
    expect(() => args({ body: formBody(Title, { fields: { titel: { maxSize: 1 } } }) })).toThrow(
      'args: body has a limit for "titel", which its schema does not have',
    )
  })
})
