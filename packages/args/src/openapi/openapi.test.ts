import { Validator } from '@seriousme/openapi-schema-validator'
import { type Application, json, type Middleware, mount, stack, text } from '@tsgi/core'
import { router } from '@tsgi/router'
import fc from 'fast-check'
import { stringify, type Token } from 'path-to-regexp'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  args,
  bytesBody,
  file,
  fileList,
  formBody,
  jsonBody,
  type OpenApiDocument,
  openapi,
  type RouteSource,
  textBody,
} from '../index.ts'

const validator = new Validator()
const info = { title: 'Test', version: '1.0.0' }
const handler: Application = () => text('')

/** Returns an application that lists one route. */
function one(method: string, pattern: string, application: Application<never>): RouteSource {
  return { routes: () => [{ method, pattern, application }] }
}

/** Checks the document with an independent validator and returns it. */
async function valid(document: OpenApiDocument): Promise<OpenApiDocument> {
  const copy = JSON.parse(JSON.stringify(document))
  expect(copy).toEqual(document)
  expect(await validator.validate(copy)).toEqual({ valid: true })
  return document
}

async function operationOf(app: RouteSource) {
  const document = await valid(openapi(app, info))
  const [operations] = Object.values(document.paths)
  return { document, operation: Object.values(operations ?? {})[0]! }
}

describe('openapi', () => {
  it('lists the routes of a router and of those mounted in it', async () => {
    const User = z.object({ name: z.string(), born: z.coerce.date().optional() }).meta({ id: 'User' })
    const users = router({
      '/': {
        GET: args({
          query: z.object({ page: z.coerce.number().int().default(1) }),
          responses: { 200: z.array(User) },
        })(() => json([])),
        POST: args({ body: jsonBody(User), responses: { 201: User } })(({ args }) =>
          json(args.body, { status: 201 }),
        ),
      },
      '/:id': {
        GET: args({ path: z.object({ id: z.uuid() }), responses: { 200: User } })(({ args }) =>
          json(args.path),
        ),
      },
    })
    const app = router({
      '/': () => text('home'),
      '/users{/*rest}': users,
      '/files/*path': { GET: ({ params }) => json(params) },
    })
    const document = await valid(openapi(app, info))
    const listed = Object.entries(document.paths).map(([path, methods]) => [path, Object.keys(methods)])
    expect(Object.fromEntries(listed)).toEqual({
      '/': ['get'],
      '/users': ['get', 'post'],
      '/users/{id}': ['get'],
      '/files/{path}': ['get'],
    })
    expect(Object.keys(document.components.schemas).sort()).toEqual(['InvalidArguments', 'Problem', 'User'])
    expect(document.components.schemas.User).toEqual({
      type: 'object',
      properties: { name: { type: 'string' }, born: { type: 'string', format: 'date-time' } },
      required: ['name'],
    })
    expect(document.paths['/users']?.post?.requestBody).toEqual({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } },
    })
    expect(document.paths['/users/{id}']?.get?.parameters).toEqual([
      expect.objectContaining({
        name: 'id',
        in: 'path',
        required: true,
        schema: expect.objectContaining({ format: 'uuid' }),
      }),
    ])
  })

  it('lists path, query, headers and cookies as parameters', async () => {
    const application = stack(
      args({
        query: z.object({
          q: z.string().meta({ description: 'What to look for.', deprecated: true }),
          tag: z.array(z.string()).optional(),
        }),
        headers: z.object({ 'x-token': z.string(), authorization: z.string() }),
      }),
      args({ cookies: z.object({ theme: z.enum(['dark', 'light']).default('dark') }) }),
    )(() => text(''))
    const { operation } = await operationOf(one('GET', '/search', application))
    expect(operation).toMatchObject({
      operationId: 'getSearch',
      parameters: [
        {
          name: 'q',
          in: 'query',
          required: true,
          description: 'What to look for.',
          deprecated: true,
          schema: { type: 'string' },
        },
        { name: 'tag', in: 'query', required: false, schema: { type: 'array', items: { type: 'string' } } },
        { name: 'x-token', in: 'header', required: true, schema: { type: 'string' } },
        {
          name: 'theme',
          in: 'cookie',
          required: false,
          schema: { type: 'string', enum: ['dark', 'light'], default: 'dark' },
        },
      ],
    })
    expect(Object.keys(operation.responses).sort()).toEqual(['400', '422', 'default'])
  })

  it('lists the parameters of the members of unions and intersections', async () => {
    const union = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), both: z.string(), one: z.string() }),
      z.object({ kind: z.literal('b'), both: z.string() }),
    ])
    const query = z.intersection(union, z.object({ page: z.string().optional() }))
    const { operation } = await operationOf(
      one(
        'GET',
        '/',
        args({ query })(() => text('')),
      ),
    )
    expect(operation.parameters?.map(({ name, required }) => [name, required])).toEqual([
      ['page', false],
      ['kind', true],
      ['both', true],
      ['one', false],
    ])
    expect(operation.parameters?.[1]?.schema).toEqual({
      anyOf: [
        { type: 'string', const: 'a' },
        { type: 'string', const: 'b' },
      ],
    })
  })

  it('lists the media types of each kind of body', async () => {
    const types = async (body: NonNullable<Parameters<typeof args>[0]['body']>) => {
      const { operation } = await operationOf(
        one(
          'POST',
          '/',
          args({ body })(() => text('')),
        ),
      )
      expect(Object.keys(operation.responses).sort()).toEqual(['400', '413', '415', '422', 'default'])
      return operation.requestBody
    }
    const json = 'application/json'
    const forms = ['application/x-www-form-urlencoded', 'multipart/form-data']
    expect(Object.keys((await types(z.object({ a: z.string() })))!.content)).toEqual([json, ...forms])
    expect(Object.keys((await types(jsonBody(z.object({}))))!.content)).toEqual([json])
    const File = z.object({ file: z.file() })
    expect(Object.keys((await types(File))!.content)).toEqual(['multipart/form-data'])
    expect(Object.keys((await types(File.meta({ id: 'Upload' })))!.content)).toEqual(['multipart/form-data'])
    expect(await types(textBody())).toEqual({
      required: true,
      content: { 'text/*': { schema: { type: 'string' } } },
    })
    expect(await types(bytesBody({ types: ['image/png'] }))).toEqual({
      required: true,
      content: { 'image/png': { schema: {} } },
    })
    expect(await types(z.object({}).optional())).toMatchObject({ required: false })
  })

  it('describes the declared files of a form with their media types and limits', async () => {
    const files = {
      cover: file({ types: ['image/png'], maxSize: 1000 }),
      pages: fileList({ types: ['image/*', 'application/pdf'], maxCount: 3 }),
      notes: fileList({ maxCount: 2, optional: true, receive: ({ filename }) => filename }),
    }
    const Book = z.strictObject({ title: z.string(), note: z.string().optional() })
    const describe = async (schema: typeof Book) => {
      const app = args({ body: formBody(schema, { files }) })(({ args }) => json(args.body.notes))
      return operationOf(one('POST', '/', app))
    }
    const { operation } = await describe(Book)
    const binary = { type: 'string', format: 'binary' }
    const expected = {
      schema: {
        type: 'object',
        additionalProperties: false,
        properties: {
          title: { type: 'string' },
          note: { type: 'string' },
          cover: { ...binary, contentMediaType: 'image/png', maxLength: 1000 },
          pages: { type: 'array', items: binary, minItems: 1, maxItems: 3 },
          notes: { type: 'array', items: binary, minItems: 0, maxItems: 2 },
        },
        required: ['title', 'cover', 'pages'],
      },
      encoding: {
        cover: { contentType: 'image/png' },
        pages: { contentType: 'image/*, application/pdf' },
      },
    }
    expect(operation.requestBody).toEqual({ required: true, content: { 'multipart/form-data': expected } })
    const named = await describe(Book.meta({ id: 'Book' }))
    expect(named.operation.requestBody?.content['multipart/form-data']?.schema.properties).toEqual(
      expected.schema.properties,
    )
    const optional = args({
      body: formBody(z.object({}).optional(), { files: { a: file({ optional: true }) } }),
    })
    const { operation: other } = await operationOf(one('POST', '/', optional(handler)))
    expect(other.requestBody).toEqual({
      required: false,
      content: {
        'application/x-www-form-urlencoded': { schema: expect.objectContaining({ properties: {} }) },
        'multipart/form-data': { schema: expect.objectContaining({ properties: { a: binary } }) },
      },
    })
  })

  it('describes the responses', async () => {
    const responses = {
      200: z.object({ ok: z.boolean() }),
      204: z.undefined(),
      404: z.object({ title: z.string() }),
    }
    const { operation } = await operationOf(
      one(
        'GET',
        '/',
        args({ responses })(() => text('')),
      ),
    )
    expect(operation.responses).toEqual({
      200: {
        description: 'OK',
        content: { 'application/json': { schema: expect.objectContaining({ required: ['ok'] }) } },
      },
      204: { description: 'No Content' },
      404: {
        description: 'Not Found',
        content: { 'application/problem+json': { schema: expect.objectContaining({ required: ['title'] }) } },
      },
    })
  })

  it('leaves out the 422 of a route that responds to invalid arguments itself', async () => {
    const page = args({ query: z.object({}) })(
      () => text(''),
      () => text('page'),
    )
    const { operation } = await operationOf(one('GET', '/', page))
    expect(Object.keys(operation.responses)).toEqual(['400', 'default'])
  })

  it('turns a schema that refers to itself into a component', async () => {
    const Category = z.object({
      name: z.string(),
      get children() {
        return z.array(Category)
      },
    })
    const responses = { 200: z.object({ categories: z.array(Category) }) }
    const app = one(
      'POST',
      '/categories',
      args({ body: Category, responses })(() => text('')),
    )
    const { operation, document } = await operationOf(app)
    const body = operation.requestBody?.content['application/json']?.schema
    expect(body).toEqual({ $ref: '#/components/schemas/postCategories_body' })
    expect(document.components.schemas.postCategories_body).toMatchObject({
      properties: { children: { items: { $ref: '#/components/schemas/postCategories_body' } } },
    })
    expect(document.components.schemas.postCategories_200_0).toMatchObject({
      properties: { children: { items: { $ref: '#/components/schemas/postCategories_200_0' } } },
    })
  })

  it('gives different names to different components with the same id', async () => {
    const item = (inner: z.ZodType) => z.object({ inner }).meta({ id: 'Item' })
    const Inner = z.object({ a: z.string() }).meta({ id: 'Inner' })
    const schemas = [item(Inner), item(Inner), item(z.string())]
    const app = {
      routes: () =>
        schemas.map((schema, index) => ({
          method: 'GET',
          pattern: `/${index}`,
          application: args({ responses: { 200: schema } })(() => text('')),
        })),
    }
    const { components } = await valid(openapi(app, info))
    expect(Object.keys(components.schemas).sort()).toEqual(['Inner', 'Item', 'Item_2'])
    const Problem = z.object({ mine: z.string() }).meta({ id: 'Problem' })
    const both = one(
      'GET',
      '/',
      args({ query: z.object({}), responses: { 200: Problem } })(() => text('')),
    )
    const { document } = await operationOf(both)
    expect(Object.keys(document.components.schemas).sort()).toEqual([
      'InvalidArguments',
      'Problem',
      'Problem_2',
    ])
  })

  it('creates one path for each combination of optional groups', async () => {
    const document = await valid(openapi(one('GET', '/a{/:b{/:c}}{.:"file type"}', handler), info))
    expect(Object.keys(document.paths)).toEqual([
      '/a/{b}/{c}.{file type}',
      '/a/{b}/{c}',
      '/a/{b}.{file type}',
      '/a/{b}',
      '/a.{file type}',
      '/a',
    ])
    const ids = Object.values(document.paths).map(({ get }) => get?.operationId)
    expect(new Set(ids).size).toBe(6)
  })

  it('encodes braces, question marks and number signs in the text of a pattern', async () => {
    const document = await valid(openapi(one('GET', '/\\{a\\}', handler), info))
    expect(Object.keys(document.paths)).toEqual(['/%7Ba%7D'])
    const marks = await valid(openapi(one('GET', '/b\\?c#d', handler), info))
    expect(Object.keys(marks.paths)).toEqual(['/b%3Fc%23d'])
  })

  it('gives each operation a unique and stable id', async () => {
    const app = {
      routes: () => [
        { method: 'GET', pattern: '/a-b', application: handler },
        { method: 'GET', pattern: '/a/b', application: handler },
        { method: 'DELETE', pattern: '/', application: handler },
      ],
    }
    const ids = async () =>
      Object.values((await valid(openapi(app, info))).paths).flatMap((methods) =>
        Object.values(methods).map(({ operationId }) => operationId),
      )
    expect(await ids()).toEqual(['getAB', 'getAB_2', 'delete'])
    expect(await ids()).toEqual(await ids())
  })

  it('lists a route without a method as POST or GET, and leaves out methods that OpenAPI does not know', async () => {
    const withBody = args({ body: z.object({}) })(() => text(''))
    expect(Object.keys(openapi(one('*', '/', withBody), info).paths['/']!)).toEqual(['post'])
    expect(Object.keys(openapi(one('*', '/', handler), info).paths['/']!)).toEqual(['get'])
    expect(openapi(one('PURGE', '/', handler), info).paths).toEqual({})
  })

  it('allows anything for types that JSON Schema cannot describe', async () => {
    const body = jsonBody(
      z.object({
        big: z.coerce.bigint(),
        bytes: z.instanceof(Uint8Array),
        flag: z.stringbool(),
        list: z.string().transform((text) => text.split(',')),
        any: z.custom<string>(),
      }),
    )
    const { operation } = await operationOf(
      one(
        'POST',
        '/',
        args({ body })(() => text('')),
      ),
    )
    expect(operation.requestBody?.content['application/json']?.schema).toMatchObject({
      properties: { big: {}, bytes: {}, flag: { type: 'string' }, list: { type: 'string' } },
    })
  })

  it('is valid for random patterns and schemas', async () => {
    const name = fc.constantFrom('id', 'a b', '__proto__', 'é', 'x{y}', 'q?')
    const plain = fc.constantFrom('/', '/a', '-', '.json', '/{', '/é', '%20')
    const flat: fc.Arbitrary<Token> = fc.oneof(
      plain.map((value) => ({ type: 'text' as const, value })),
      name.map((name) => ({ type: 'param' as const, name })),
      name.map((name) => ({ type: 'wildcard' as const, name })),
    )
    const token = fc.oneof(
      flat,
      fc.array(flat, { minLength: 1, maxLength: 2 }).map((tokens) => ({ type: 'group' as const, tokens })),
    )
    const pattern = fc
      .array(token, { maxLength: 5 })
      .map((tokens) => stringify({ tokens: [{ type: 'text', value: '/' }, ...tokens] }))
    const schema = fc.dictionary(
      name,
      fc.constantFrom(
        z.string(),
        z.array(z.string()).optional(),
        z.coerce.date(),
        z.string().meta({ title: 'T' }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(pattern, schema), { maxLength: 4 }), async (routes) => {
        const app = {
          routes: () =>
            routes.map(([pattern, shape]) => {
              const every = z.object(shape)
              const declare = args({ path: every, query: every, body: every, responses: { 200: every } })
              return { method: 'POST', pattern, application: declare(() => text('')) }
            }),
        }
        await valid(openapi(app, info))
      }),
      { numRuns: 30 },
    )
  })

  it('finds the routes and the arguments behind stack, mount and fallback', async () => {
    const plain: Middleware = (app) => (environ) => app(environ)
    const Token = z.object({ 'x-token': z.string() })
    const user = args({ query: z.object({ full: z.stringbool().optional() }) })(() => text(''))
    const users = router(args({ headers: Token }), { '/:id': { GET: stack(plain, plain)(user) } })
    const rest = router({ '/about': { GET: handler } })
    const app = stack(
      plain,
      args({ cookies: z.object({ theme: z.string() }), responses: { 200: z.string() } }),
    )(
      router(
        { '/users/*rest': stack(plain)(users), '/v1/*rest': mount('/users', users)(() => text('')) },
        { fallback: stack(plain)(rest) },
      ),
    )
    const document = await valid(openapi(app, info))
    expect(Object.keys(document.paths)).toEqual(['/users/{id}', '/v1/users/{id}', '/about'])
    for (const path of ['/users/{id}', '/v1/users/{id}']) {
      const operation = document.paths[path]?.get
      const names = operation?.parameters?.map((parameter) => `${parameter.in} ${parameter.name}`)
      expect(names).toEqual(['path id', 'query full', 'header x-token', 'cookie theme'])
      expect(operation?.responses[200]?.content).toEqual({
        'application/json': { schema: { type: 'string' } },
      })
    }
    expect(document.paths['/about']?.get?.parameters?.map(({ name }) => name)).toEqual(['theme'])
  })

  it('keeps the arguments of the two applications of a mount apart', async () => {
    const table = (path: string) => router({ [path]: { GET: handler } })
    const app = mount('/admin', table('/a'))(args({ query: z.object({ q: z.string() }) })(table('/b')))
    const { paths } = await valid(openapi(app, info))
    expect(paths['/admin/a']?.get?.parameters).toBe(undefined)
    expect(paths['/b']?.get?.parameters).toHaveLength(1)
  })

  it('throws a TypeError for an application without routes', () => {
    expect(() => openapi(() => text(''), info)).toThrow('openapi: app must be a router')
    expect(() => openapi(undefined as never, info)).toThrow('openapi: app must be a router')
  })

  it('throws a TypeError for an invalid pattern', () => {
    expect(() => openapi(one('GET', '/:', handler), info)).toThrow(TypeError)
  })
})
