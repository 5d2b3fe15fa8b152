/**
 * The programs to type-check: a number of paths, each with a GET that reads the path parameter and a POST that also has a
 * validated body.
 */

export interface Program {
  name: string
  /** Returns the files by name. `app.ts` is the entry. */
  files(paths: number): Record<string, string>
}

const schema = `const Person = z.object({ name: z.string(), age: z.number().int(), tags: z.array(z.string()).optional() })`

const tsgi = (paths: number) => `import { args } from '@tsgi/args'
import { json } from '@tsgi/core'
import { router } from '@tsgi/router'
import { z } from 'zod'

${schema}

export const app = router({
${each(
  paths,
  (n) => `  '/things${n}/:id': {
    GET: ({ params }) => json({ id: params.id, thing: ${n} }),
    POST: args({ body: Person })(({ params, args }) => json({ id: params.id, name: args.body.name })),
  },`,
)}
})
`

/** The calls of a client, as many as a fifth of the handlers. */
const calls = (paths: number) => Math.ceil((paths * 2) / 5)

export const programs: readonly Program[] = [
  { name: 'tsgi', files: (paths) => ({ 'app.ts': tsgi(paths) }) },
  {
    name: 'tsgi client',
    files: (paths) => ({
      'routes.ts': tsgi(paths),
      'app.ts': `import { createClient } from '@tsgi/client'
import type { app } from './routes.ts'

const api = createClient<typeof app>('http://localhost')
${each(
  calls(paths),
  (n) =>
    `export const call${n} = api.post('/things${n}/:id', { params: { id: '7' }, json: { name: 'Ada', age: ${n} } })`,
)}
`,
    }),
  },
  {
    name: 'hono chained',
    files: (paths) => ({ 'app.ts': hono(paths) }),
  },
  {
    name: 'hono client',
    files: (paths) => ({
      'routes.ts': hono(paths),
      'app.ts': `import { hc } from 'hono/client'
import type { app } from './routes.ts'

const api = hc<typeof app>('http://localhost')
${each(
  calls(paths),
  (n) =>
    `export const call${n} = api.things${n}[':id'].$post({ param: { id: '7' }, json: { name: 'Ada', age: ${n} } })`,
)}
`,
    }),
  },
  {
    name: 'hono sub-apps',
    // "Building a larger application": one small application per file, combined with `route`.
    files: (paths) => {
      const parts = Math.ceil(paths / 10)
      const files: Record<string, string> = {
        'app.ts': `import { Hono } from 'hono'
${each(parts, (part) => `import { part${part} } from './part${part}.ts'`)}

export const app = new Hono()
${each(parts, (part) => `  .route('/part${part}', part${part})`)}
`,
      }
      for (let part = 0; part < parts; part++) {
        files[`part${part}.ts`] = `import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { z } from 'zod'

${schema}

export const part${part} = new Hono()
${each(Math.min(10, paths - part * 10), (n) => honoHandlers(`/things${n}/:id`, n))}
`
      }
      return files
    },
  },
  {
    name: 'elysia chained',
    files: (paths) => ({
      'app.ts': `import { Elysia } from 'elysia'
import { z } from 'zod'

${schema}

export const app = new Elysia()
${each(
  paths,
  (n) => `  .get('/things${n}/:id', ({ params }) => ({ id: params.id, thing: ${n} }))
  .post('/things${n}/:id', ({ params, body }) => ({ id: params.id, name: body.name }), { body: Person })`,
)}
`,
    }),
  },
  {
    name: 'fastify',
    files: (paths) => ({
      'app.ts': `import fastify from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'

${schema}
const Params = z.object({ id: z.string() })

export const app = fastify().withTypeProvider<ZodTypeProvider>()
app.setValidatorCompiler(validatorCompiler)
app.setSerializerCompiler(serializerCompiler)
${each(
  paths,
  (
    n,
  ) => `app.get('/things${n}/:id', { schema: { params: Params } }, ({ params }) => ({ id: params.id, thing: ${n} }))
app.post('/things${n}/:id', { schema: { params: Params, body: Person } }, ({ params, body }) => ({ id: params.id, name: body.name }))`,
)}
`,
    }),
  },
]

function hono(paths: number): string {
  return `import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { z } from 'zod'

${schema}

export const app = new Hono()
${each(paths, (n) => honoHandlers(`/things${n}/:id`, n))}
`
}

function honoHandlers(path: string, n: number): string {
  return `  .get('${path}', (c) => c.json({ id: c.req.param('id'), thing: ${n} }))
  .post('${path}', zValidator('json', Person), (c) => c.json({ id: c.req.param('id'), name: c.req.valid('json').name }))`
}

function each(count: number, line: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('\n')
}
