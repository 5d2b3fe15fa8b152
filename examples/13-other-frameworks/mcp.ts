import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { type Application, fromFetch } from '@tsgi/core'
import { z } from 'zod'
import type { Visitor } from './auth.ts'

function createServer({ visitor }: Visitor): McpServer {
  const server = new McpServer({ name: 'chapter-13', version: '1.0.0' })
  server.registerTool(
    'greet',
    { description: 'Greets the user', inputSchema: { greeting: z.string() } },
    ({ greeting }) => ({ content: [{ type: 'text', text: `${greeting} ${visitor ?? 'stranger'}` }] }),
  )
  return server
}

export const application: Application<Visitor> = fromFetch<Visitor>(async (request, environ) => {
  // No session is kept between two requests, so any worker can handle each of them.
  const server = createServer(environ)
  const transport = new WebStandardStreamableHTTPServerTransport()
  environ.waitUntil(environ.finished.then(() => server.close()))
  await server.connect(transport)
  return transport.handleRequest(request)
})
