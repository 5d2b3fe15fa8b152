import type { IncomingMessage } from 'node:http'
import { type Application, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { serve } from '../../server/test/serve.ts'
import { type ConnectMiddleware, type ConnectRequest, connect } from '../src/index.ts'

export const quiet = { errors: { write() {} } }
export const hello: Application = () => text('Hello')
export const passing: ConnectMiddleware = (_req, _res, next) => next()

/** Requests `/` from the application behind the middleware. */
export function through(
  middleware: ConnectMiddleware,
  app: Application = hello,
  method = 'GET',
): Promise<Response> {
  return client(connect(middleware)(app), quiet).request(method, '/')
}

/** Returns the request that middleware receives. */
export async function received(
  path: string,
  init = {},
  method = 'GET',
): Promise<IncomingMessage & ConnectRequest> {
  let request: unknown
  const look = connect((req, _res, next) => {
    request = req
    next()
  })
  await client(look(hello), { remoteAddress: '192.0.2.1' }).request(method, path, init)
  return request as IncomingMessage & ConnectRequest
}

/** Serves the application over HTTP on a free port. `errors` collects what is reported. */
export async function serving<T>(
  app: Application,
  use: (url: string, errors: unknown[]) => Promise<T>,
): Promise<T> {
  const errors: unknown[] = []
  await using server = await serve(app, {
    listen: 'http://127.0.0.1:0',
    errors: { write: (problem) => errors.push(problem) },
  })
  return await use(server.addresses[0]!, errors)
}
