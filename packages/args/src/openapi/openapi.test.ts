import { Validator } from '@seriousme/openapi-schema-validator'
import { type Application, json, stack, text } from '@tsgi/core'
import { router } from '@tsgi/router'
import fc from 'fast-check'
import { stringify, type Token } from 'path-to-regexp'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { args } from '../args.ts'
import { bytesBody, jsonBody, textBody } from '../body/body-schema.ts'
import type { OpenApiDocument } from './document.ts'
import { openapi, type Routes } from './openapi.ts'

const validator = new Validator()
const info = { title: 'Test', version: '1.0.0' }
const handler: Application<never> = () => text('')

/** Declares one route as a table would list it. */
function one(method: string, pattern: string, application: Application<never>): Routes {
  return { routes: () => [{ method, pattern, application }] }
}

/** The document, which a validator of another hand found valid. */
async function valid(document: OpenApiDocument): Promise<OpenApiDocument> {
  const copy = JSON.parse(JSON.stringify(document))
  expect(copy).toEqual(document)
  expect(await validator.validate(copy)).toEqual({ valid: true })
  return document
}

async function operationOf(app: Routes) {
  const document = await valid(openapi(app, info))
  const [operations] = Object.values(document.paths)
  return { document, operation: Object.values(operations ?? {})[0]! }
}

describe('openapi', () => {
  it('lists the routes of a router, nested ones too', async () => {
    const User = z.object({ name: z.string(), born: z.coerce.date().optional() }).meta({ id: 'User' })
    const users = router({
      '/': {
        GET: args({
          query: z.object({ page: z.coerce.number().int().default(1) }),
          returns: { 200: z.array(User) },
        })(() => json([])),
        POST: args({ body: jsonBody(User), returns: { 201: User } })(({ args }) =>
          json(args.body, { status: 201 }),
        ),
      },
      '/:id': {
        GET: args({ path: z.object({ id: z.uuid() }), returns: { 200: User } })(({ args }) =>
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

  it('lists every part as parameters', async () => {
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

  it('gathers the parameters of unions and intersections', async () => {
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

  it('names the types of each kind of body', async () => {
    const types = async (body: Parameters<typeof args>[0]['body']) => {
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

  it('describes the responses', async () => {
    const returns = {
      200: z.object({ ok: z.boolean() }),
      204: z.undefined(),
      404: z.object({ title: z.string() }),
    }
    const { operation } = await operationOf(
      one(
        'GET',
        '/',
        args({ returns })(() => text('')),
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

  it('leaves the 422 out where the route answers what is invalid', async () => {
    const page = args({ query: z.object({}) })(
      () => text(''),
      () => text('page'),
    )
    const { operation } = await operationOf(one('GET', '/', page))
    expect(Object.keys(operation.responses)).toEqual(['400', 'default'])
  })

  it('makes components of schemas that refer to themselves', async () => {
    const Category = z.object({
      name: z.string(),
      get children() {
        return z.array(Category)
      },
    })
    const returns = { 200: z.object({ categories: z.array(Category) }) }
    const app = one(
      'POST',
      '/categories',
      args({ body: Category, returns })(() => text('')),
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

  it('keeps components of one name apart, where they differ in anything they refer to', async () => {
    const item = (inner: z.ZodType) => z.object({ inner }).meta({ id: 'Item' })
    const Inner = z.object({ a: z.string() }).meta({ id: 'Inner' })
    const schemas = [item(Inner), item(Inner), item(z.string())]
    const app = {
      routes: () =>
        schemas.map((schema, index) => ({
          method: 'GET',
          pattern: `/${index}`,
          application: args({ returns: { 200: schema } })(() => text('')),
        })),
    }
    const { components } = await valid(openapi(app, info))
    expect(Object.keys(components.schemas).sort()).toEqual(['Inner', 'Item', 'Item_2'])
    const Problem = z.object({ mine: z.string() }).meta({ id: 'Problem' })
    const both = one(
      'GET',
      '/',
      args({ query: z.object({}), returns: { 200: Problem } })(() => text('')),
    )
    const { document } = await operationOf(both)
    expect(Object.keys(document.components.schemas).sort()).toEqual([
      'InvalidArguments',
      'Problem',
      'Problem_2',
    ])
  })

  it('makes one path for each way to take optional groups', async () => {
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

  it('writes text of a pattern so that it is no template', async () => {
    const document = await valid(openapi(one('GET', '/\\{a\\}', handler), info))
    expect(Object.keys(document.paths)).toEqual(['/%7Ba%7D'])
  })

  it('gives each operation an id of its own, and the same one each time', async () => {
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

  it('lists a route for every method by what it takes, and leaves methods out that OpenAPI does not know', async () => {
    const withBody = args({ body: z.object({}) })(() => text(''))
    expect(Object.keys(openapi(one('*', '/', withBody), info).paths['/']!)).toEqual(['post'])
    expect(Object.keys(openapi(one('*', '/', handler), info).paths['/']!)).toEqual(['get'])
    expect(openapi(one('PURGE', '/', handler), info).paths).toEqual({})
  })

  it('leaves open what JSON Schema cannot say', async () => {
    const body = jsonBody(
      z.object({
        big: z.bigint(),
        map: z.map(z.string(), z.string()),
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
      properties: { big: {}, map: {}, flag: { type: 'string' }, list: { type: 'string' } },
    })
  })

  it('is valid whatever the patterns, the schemas and what the parts are called', async () => {
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
              const declare = args({ path: every, query: every, body: every, returns: { 200: every } })
              return { method: 'POST', pattern, application: declare(() => text('')) }
            }),
        }
        await valid(openapi(app, info))
      }),
      { numRuns: 30 },
    )
  })

  it('refuses a pattern that is none', () => {
    expect(() => openapi(one('GET', '/:', handler), info)).toThrow(TypeError)
  })
})
