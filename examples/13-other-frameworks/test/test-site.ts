/** The tests of the chapter's application, whatever serves it. */
import { Client as McpClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { createTRPCClient, httpBatchStreamLink } from '@trpc/client'
import { describe, expect, it } from 'vitest'
import type { Procedures as OrpcProcedures } from '../orpc.ts'
import type { Procedures as TrpcProcedures } from '../trpc.ts'

export interface Site {
  readonly url: string
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
}

/** Declares the tests. `started` returns the site once it is running. */
export function testSite(started: () => Site): void {
  const ask = (path: string, init?: RequestInit) => started().fetch(started().url + path, init)
  const post = (path: string, body: unknown, headers?: Readonly<Record<string, string>>) =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: started().url, ...headers },
    })
  let users = 0
  const signUp = async () => {
    const email = `ada-${process.pid}-${++users}@example.org`
    const response = await post('/api/auth/sign-up/email', { name: 'Ada', email, password: 'correct horse' })
    expect(response.status).toBe(200)
    return { cookie: cookiesOf(response) }
  }

  describe('better-auth', () => {
    it('signs a user up, whom the application then knows', async () => {
      expect(await (await ask('/')).text()).toBe('Hello stranger')
      const headers = await signUp()
      expect(await (await ask('/', { headers })).text()).toBe('Hello Ada')
      const session = await (await ask('/api/auth/get-session', { headers })).json()
      expect(session.user).toMatchObject({ name: 'Ada' })
    })

    it('signs a user in with GitHub, which redirects to a path under /api/auth', async () => {
      const { url } = started()
      const start = await post('/api/auth/sign-in/social', { provider: 'github', callbackURL: '/' })
      expect(start.status).toBe(200)
      const github = new URL((await start.json()).url)
      expect(github.origin + github.pathname).toBe('https://github.com/login/oauth/authorize')
      const redirect = github.searchParams.get('redirect_uri')!
      expect(redirect).toBe(`${url}/api/auth/callback/github`)

      const query = new URLSearchParams({ code: 'code', state: github.searchParams.get('state')! })
      const callback = await ask(`${redirect.slice(url.length)}?${query}`, {
        headers: { cookie: cookiesOf(start) },
        redirect: 'manual',
      })
      expect([callback.status, callback.headers.get('location')]).toEqual([302, '/'])
      const home = await ask('/', { headers: { cookie: cookiesOf(callback) } })
      expect(await home.text()).toBe('Hello Octocat')
    })

    it('signs a user out', async () => {
      const headers = await signUp()
      const response = await post('/api/auth/sign-out', {}, headers)
      expect(response.status).toBe(200)
      expect(await (await ask('/', { headers })).text()).toBe('Hello stranger')
    })

    it('returns its own 404', async () => {
      expect((await ask('/api/auth/nothing')).status).toBe(404)
    })
  })

  describe('Hono', () => {
    it('matches the path below the mount, and knows the visitor', async () => {
      expect(await (await ask('/hono')).text()).toBe('Hello stranger')
      expect(await (await ask('/hono/', { headers: await signUp() })).text()).toBe('Hello Ada')
      const book = await ask('/hono/books/War%20and%20Peace?page=7')
      expect(await book.json()).toEqual({ title: 'War and Peace', page: '7' })
      expect((await ask('/hono/nothing')).status).toBe(404)
      expect((await ask('/hono', { method: 'HEAD' })).status).toBe(200)
    })

    it('reads a body', async () => {
      const response = await post('/hono/books', { title: 'Emma' })
      expect([response.status, await response.json()]).toEqual([201, { title: 'Emma' }])
    })
  })

  describe('tRPC', () => {
    const connect = (headers = {}) => {
      const { url, fetch } = started()
      const link = httpBatchStreamLink({ url: `${url}/trpc`, headers, fetch: fetch as never })
      return createTRPCClient<TrpcProcedures>({ links: [link] })
    }

    it('responds to queries and mutations, one at a time and in batches', async () => {
      const client = connect(await signUp())
      expect(await client.greet.query({ greeting: 'Hello' })).toBe('Hello Ada')
      const both = [client.add.mutate([1, 2]), client.add.mutate([3, 4])]
      expect(await Promise.all(both)).toEqual([3, 7])
    })

    it('streams', async () => {
      const numbers = await listOf(await connect().count.query(3))
      expect(numbers).toEqual([1, 2, 3])
    })

    it('returns its own errors', async () => {
      expect(
        await connect()
          .greet.query({} as never)
          .catch((error) => error.data.code),
      ).toBe('BAD_REQUEST')
      expect((await ask('/trpc/nothing')).status).toBe(404)
    })
  })

  describe('GraphQL Yoga', () => {
    const query = async (text: string, headers = {}) => {
      const response = await post('/graphql', { query: text }, headers)
      return response.json()
    }

    it('responds to queries and mutations', async () => {
      const greet = '{ greet(greeting: "Hello") }'
      expect(await query(greet)).toEqual({ data: { greet: 'Hello stranger' } })
      expect(await query(greet, await signUp())).toEqual({ data: { greet: 'Hello Ada' } })
      expect(await query('mutation { add(numbers: [1, 2]) }')).toEqual({ data: { add: 3 } })
      expect((await query('{ nothing }')).errors).toHaveLength(1)
    })

    it('streams subscriptions as events', async () => {
      const subscription = { query: 'subscription { count(to: 3) }' }
      const response = await post('/graphql', subscription, { accept: 'text/event-stream' })
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
      const data = [...(await response.text()).matchAll(/^data: (.+)$/gm)].map(([, json]) =>
        JSON.parse(json!),
      )
      expect(data).toEqual([1, 2, 3].map((count) => ({ data: { count } })))
    })

    it('responds to a CORS preflight', async () => {
      const response = await ask('/graphql', {
        method: 'OPTIONS',
        headers: { origin: 'http://example.org', 'access-control-request-method': 'POST' },
      })
      expect([response.status, response.headers.get('content-length')]).toEqual([204, null])
      expect(response.headers.get('access-control-allow-origin')).toBe('http://example.org')
    })

    it('shows GraphiQL to browsers', async () => {
      const response = await ask('/graphql', { headers: { accept: 'text/html' } })
      expect(response.headers.get('content-type')).toMatch(/^text\/html/)
      expect(await response.text()).toContain('GraphiQL')
    })
  })

  describe('oRPC', () => {
    const connect = (headers = {}) => {
      const { url, fetch } = started()
      const link = new RPCLink({
        url: `${url}/orpc`,
        headers,
        fetch: async (request, init) => fetch(request.url, { ...(await partsOf(request)), ...init }),
      })
      return createORPCClient<OrpcProcedures>(link)
    }

    it('calls procedures', async () => {
      const client = connect(await signUp())
      expect(await client.greet({ greeting: 'Hello' })).toBe('Hello Ada')
      expect(await client.add([1, 2, 3])).toBe(6)
    })

    it('streams', async () => {
      expect(await listOf(await connect().count(3))).toEqual([1, 2, 3])
    })

    it('returns its own errors, and 404 for an unknown procedure', async () => {
      expect(
        await connect()
          .greet({} as never)
          .catch((error) => error.code),
      ).toBe('BAD_REQUEST')
      expect((await post('/orpc/nothing', {})).status).toBe(404)
    })
  })

  describe('the MCP SDK', () => {
    it('lists and calls tools', async () => {
      const { url, fetch } = started()
      const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
        fetch,
        requestInit: { headers: await signUp() },
      })
      const client = new McpClient({ name: 'test', version: '1.0.0' })
      // Its optional members are declared in another way than `exactOptionalPropertyTypes` expects.
      await client.connect(transport as never)
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name)).toEqual(['greet'])
      const result = await client.callTool({ name: 'greet', arguments: { greeting: 'Hello' } })
      expect(result.content).toEqual([{ type: 'text', text: 'Hello Ada' }])
      await client.close()
    })
  })
}

/** The cookies that a response sets, for a request. */
function cookiesOf({ headers }: Response): string {
  return headers
    .getSetCookie()
    .map((field) => field.split(';')[0])
    .join('; ')
}

async function partsOf(request: Request): Promise<RequestInit> {
  const { method, headers, signal } = request
  const body = method === 'GET' ? null : await request.text()
  return { method, headers, signal, body }
}

async function listOf<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const value of values) list.push(value)
  return list
}
