import { metadataOf, mount, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { describe as described, route, router } from './index.ts'

const summary = { summary: 'Returns a user' }
const users = router({
  '/:id': { GET: route(summary, ({ params }) => text(params.id)), DELETE: () => text('deleted') },
})

describe('the description of a route', () => {
  it('is listed with the route, the outermost first, behind stacks, mounts and other routers', () => {
    const tags = (name: string) => described({ tags: [name] })
    const app = stack(
      tags('a'),
      tags('b'),
    )(
      router(tags('c'), {
        '/users/*rest': stack(tags('d'))(users),
        '/in/*rest': mount('/users', users)(users),
      }),
    )
    const routes = router({ '/*rest': app }).routes()
    expect(routes.map(({ application }) => metadataOf(application))).toEqual([
      [{ tags: ['a'] }, { tags: ['b'] }, { tags: ['c'] }, { tags: ['d'] }, summary],
      [{ tags: ['a'] }, { tags: ['b'] }, { tags: ['c'] }, { tags: ['d'] }],
      ...Array(2)
        .fill([
          [{ tags: ['a'] }, { tags: ['b'] }, { tags: ['c'] }, summary],
          [{ tags: ['a'] }, { tags: ['b'] }, { tags: ['c'] }],
        ])
        .flat(),
    ])
    expect(users.routes().map(({ application }) => metadataOf(application))).toEqual([[summary], []])
  })

  it('changes neither the response nor the types of the parameters', async () => {
    const app = stack(described({ tags: ['users'] }))(users)
    expect(await (await client(app).get('/7')).text()).toBe('7')
    router({
      '/:id': {
        GET: route(summary, ({ params }) => {
          expectTypeOf(params).toEqualTypeOf<{ id: string }>()
          return text('')
        }),
      },
    })
    // @ts-expect-error 'user' is missing
    router({ '/': route(summary, ({ user }: { user: string }) => text(user)) })
  })

  it('is checked', () => {
    expect(() => described(undefined as never)).toThrow('describe: options must be an object, got undefined')
    expect(() => route({ sumary: 'a' } as never, users)).toThrow("did you mean 'summary'?")
  })
})
