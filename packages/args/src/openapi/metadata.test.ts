import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { type Application, type Middleware, stack, text, withMetadata } from '@tsgi/core'
import { describe as described, route, router } from '@tsgi/router'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { args, type OpenApiDocument, type OpenApiOptions, openapi, undescribedSchemas } from '../index.ts'

const info = { title: 'Test', version: '1.0.0' }
const handler: Application = () => text('')
const apiKey = {
  security: [{ apiKey: [] }],
  securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
}

/** Checks a document with an independent validator and returns it. */
async function valid(document: OpenApiDocument): Promise<OpenApiDocument> {
  expect(await new Validator().validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true })
  return document
}

describe('the metadata of a route', () => {
  it('comes from args, route and describe, with all tags once, in each of several documents', async () => {
    const users = router(described({ tags: ['users', 'public'], description: 'From the stack.' }), {
      '/:id': {
        GET: args({ summary: 'Returns a user', tags: ['read', 'users'], query: z.object({}) })(handler),
        PUT: route({ operationId: 'saveUser', deprecated: true, description: 'From the route.' }, handler),
      },
    })
    const app = stack(described({ tags: ['public', 'v1'] }))(router({ '/users/*rest': users }))
    const documents = [await valid(openapi(app, info)), openapi(app, info)]
    for (const { paths } of documents) {
      expect(paths['/users/{id}']).toMatchObject({
        get: {
          operationId: 'getUsersId',
          summary: 'Returns a user',
          description: 'From the stack.',
          tags: ['public', 'v1', 'users', 'read'],
        },
        put: {
          operationId: 'saveUser',
          description: 'From the route.',
          deprecated: true,
          tags: ['public', 'v1', 'users'],
        },
      })
    }
  })

  it('tells the filter whether a route is described, for which authentication does not count', () => {
    const signedIn: Middleware = (app) =>
      withMetadata((environ) => app(environ), { ...apiKey, responses: { 401: 'No key.' } }, app)
    const app = stack(signedIn)(
      router({
        '/': handler,
        '/search': { GET: args({ query: z.object({}) })(handler) },
        '/summary': { GET: route({ summary: 'Sums up' }, handler) },
        '/debug': { GET: route({ hidden: true, summary: 'Debugs' }, handler) },
        '/admin{/*rest}': router(described({ tags: ['admin'] }), { '/count': { GET: handler } }),
      }),
    )
    const listed = (filter?: OpenApiOptions['filter']) =>
      Object.keys(openapi(app, { ...info, ...(filter && { filter }) }).paths)
    expect(listed()).toEqual(['/', '/search', '/summary', '/admin/count'])
    expect(listed(({ isDescribed }) => isDescribed)).toEqual(['/search', '/summary', '/admin/count'])
  })

  it('does not change an application that is in two tables', () => {
    const one = router({ '/': { GET: route({ tags: ['one'] }, handler) } })
    const two = router(described({ tags: ['two'] }), { '/': { GET: handler }, '/one{/*rest}': one })
    const tags = (app: Parameters<typeof openapi>[0]) =>
      Object.values(openapi(app, info).paths).map(({ get }) => get?.tags)
    expect(tags(two)).toEqual([['two'], ['two', 'one']])
    expect(tags(one)).toEqual([['one']])
    expect(tags(router({ '/': { GET: handler } }))).toEqual([undefined])
  })

  it('reaches the handler unchanged: route passes the environ and the response through', async () => {
    const app = router({
      '/:id': { GET: route({ summary: 'Returns a user' }, ({ params }) => text(params.id)) },
    })
    const [listed] = app.routes()
    expect(listed?.application.name).toBe('')
    const { client } = await import('@tsgi/core/testing')
    expect(await (await client(app).get('/7')).text()).toBe('7')
  })

  it('combines security: all layers are needed, an empty list opens the route, the document has a default', async () => {
    const oauth = { oauth: { type: 'http', scheme: 'bearer' } }
    const read = route({ security: [{ oauth: ['read'] }] }, handler)
    const app = router(described({ ...apiKey, securitySchemes: { ...apiKey.securitySchemes, ...oauth } }), {
      '/open': { GET: route({ security: [] }, handler) },
      '/key': { GET: handler },
      '/read': { GET: stack(described({ security: [{ oauth: ['list'] }, {}] }))(read) },
    })
    const document = await valid(openapi(app, { ...info, security: [{ apiKey: [] }] }))
    expect(document.security).toEqual([{ apiKey: [] }])
    expect(Object.values(document.paths).map(({ get }) => get?.security)).toEqual([
      [],
      [{ apiKey: [] }],
      [
        { apiKey: [], oauth: ['list', 'read'] },
        { apiKey: [], oauth: ['read'] },
      ],
    ])
    expect(document.components.securitySchemes).toEqual({ ...apiKey.securitySchemes, ...oauth })
  })

  it('has the responses that middleware adds', async () => {
    const app = router(described({ responses: { 429: 'Too many requests.', 304: 'Not changed.' } }), {
      '/': { GET: args({ responses: { 429: z.object({ title: z.string() }) } })(handler) },
      '/other': { GET: handler },
    })
    const { paths } = await valid(openapi(app, info))
    expect(paths['/']?.get?.responses['429']?.description).toBe('Too Many Requests')
    expect(paths['/other']?.get?.responses).toEqual({
      304: { description: 'Not changed.' },
      429: {
        description: 'Too many requests.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
      default: { description: 'The response of the application.' },
    })
  })

  it('gives each path of a pattern with optional groups an id of its own', () => {
    const app = router({
      '/a{/:b}': { GET: route({ operationId: 'getA' }, handler), POST: handler },
      '/get/a': { GET: handler },
      '/a/b/c': { GET: handler },
    })
    const ids = Object.values(openapi(app, info).paths).map(({ get }) => get?.operationId)
    expect(ids[0]).toBe('getA')
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each<[string, Parameters<typeof openapi>[0], string]>([
    [
      'an operationId twice',
      router({
        '/a': { GET: route({ operationId: 'same' }, handler) },
        '/b': { GET: route({ operationId: 'same' }, handler) },
      }),
      "openapi: 'GET /a' and 'GET /b' have the same operationId 'same'",
    ],
    [
      'a scheme that nothing declares',
      router({ '/': { GET: route({ security: [{ apiKey: [] }] }, handler) } }),
      "openapi: security names 'apiKey', which no route declares in securitySchemes",
    ],
    [
      'two schemes of one name',
      router({
        '/a': { GET: route(apiKey, handler) },
        '/b': { GET: route({ securitySchemes: { apiKey: { type: 'http', scheme: 'basic' } } }, handler) },
      }),
      "openapi: two different security schemes have the name 'apiKey'",
    ],
  ])('may not have %s', (_, app, message) => {
    expect(() => openapi(app, info)).toThrow(message)
  })

  it.each<[() => unknown, string]>([
    [() => described({ tag: ['a'] } as never), "describe: unknown option 'tag', did you mean 'tags'?"],
    [() => route({ tags: 'a' as never }, handler), 'route: tags must be a list of text, got "a"'],
    [() => route({ summary: 7 as never }, handler), 'route: summary must be text, got 7'],
    [() => route({ operationId: '' }, handler), 'route: operationId must be text that is not empty, got ""'],
    [() => route({ hidden: 'yes' as never }, handler), 'route: hidden must be true or false, got "yes"'],
    [() => args({ deprecated: 1 as never }), 'args: deprecated must be true or false, got 1'],
    [() => args({ security: {} as never }), 'args: security must be a list of requirements such as'],
    [
      () => described({ responses: { 401: 7 } as never }),
      'describe: responses must be an object of descriptions',
    ],
    [() => described({ securitySchemes: [] as never }), 'describe: securitySchemes must be an object'],
    [
      () => openapi(router({}), { title: 'Test' } as never),
      'openapi: version must be text that is not empty',
    ],
  ])('is checked: %s', (make, message) => {
    expect(make).toThrow(message)
  })

  it('is found behind Object.assign, which copies it', () => {
    const inner = withMetadata((environ) => handler(environ), { tags: ['a'] }, handler)
    const outer = Object.assign((environ: Parameters<Application>[0]) => inner(environ), inner)
    const app = { routes: () => [{ pattern: '/', method: 'GET', application: outer }] }
    expect(openapi(app, info).paths['/']?.get?.tags).toEqual(['a'])
  })
})

describe('the schemas of a document', () => {
  const throwing = {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) => ({ value }),
      jsonSchema: {
        input() {
          throw new Error('Date cannot be represented')
        },
      },
    },
  }
  const schemas = {
    zod: z.object({ born: z.date().optional() }),
    arktype: type({ name: 'string', 'tags?': 'string[]' }),
    valibot: toStandardJsonSchema(v.object({ name: v.string(), nested: v.object({ a: v.number() }) })),
    plain: v.object({ name: v.string() }),
    throwing,
  }
  const app = router(
    Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [
        `/${name}`,
        { POST: args({ responses: { 200: name === 'zod' ? z.object({}) : schema } })(handler) },
      ]),
    ),
  )

  it('come from any library, without $schema', async () => {
    const document = await valid(openapi(app, info))
    expect(JSON.stringify(document)).not.toContain('$schema')
    const schemaOf = (path: string) =>
      document.paths[path]?.post?.responses['200']?.content?.['application/json']?.schema
    expect(schemaOf('/valibot')).toMatchObject({ required: ['name', 'nested'] })
    expect(schemaOf('/arktype')).toMatchObject({ required: ['name'] })
    expect(schemaOf('/plain')).toEqual({})
    expect(schemaOf('/throwing')).toEqual({})
  })

  it('are named if they have no JSON Schema', () => {
    expect(undescribedSchemas(app)).toEqual(['POST /plain: responses[200]', 'POST /throwing: responses[200]'])
    const every = v.object({ a: v.string() })
    const table = router({
      '/:a': {
        POST: args({ path: every, query: every, headers: every, cookies: every, body: every })(handler),
      },
      '/hidden': { POST: route({ hidden: true }, args({ body: every })(handler)) },
    })
    expect(undescribedSchemas(table)).toEqual(
      ['path', 'query', 'headers', 'cookies', 'body'].map((part) => `POST /:a: ${part}`),
    )
  })
})

describe('the examples', () => {
  it.each(['04-router/app', '05-args/app', '05-args/uploads', '06-cookies/app', '08-templates/app'])(
    '%s has a valid document',
    async (path) => {
      const module = await import(join(import.meta.dirname, '../../../../examples', `${path}.ts`))
      const document = await valid(openapi(module.application ?? module.default, info))
      expect(Object.keys(document.paths).length).toBeGreaterThan(0)
    },
  )
})
