import type { Application, Environ } from '@tsgi/core'
import { z } from 'zod'
import type { Schema } from './schema/schema.ts'

/**
 * Whether responses are checked: where `NODE_ENV` can be read and is not `production`. A runtime without a `process`
 * is one that code is deployed to.
 */
export function inDevelopment(): boolean {
  try {
    const { process } = globalThis as { process?: { env: { NODE_ENV?: string } } }
    return process !== undefined && process.env.NODE_ENV !== 'production'
  } catch {
    // Deno throws where reading the environment is not allowed.
    return false
  }
}

/**
 * The application with its JSON responses checked against the schemas declared for their status. One that does not fit
 * throws an `Error`; a status that was not declared is not checked. The response itself is untouched.
 */
export function checkReturns<E extends object>(
  app: Application<E>,
  returns: Readonly<Record<number, Schema>>,
): Application<E> {
  return async function checked(environ) {
    const response = await app(environ)
    const schema = Object.hasOwn(returns, response.status) ? returns[response.status] : undefined
    if (schema && isJson(response)) await check(response.clone(), schema, environ)
    return response
  }
}

async function check(response: Response, schema: Schema, environ: Environ): Promise<void> {
  const { method, scriptName, pathInfo } = environ
  const what = `args: the response to ${method} ${scriptName}${pathInfo}`
  const body: unknown = await response.json().catch((cause: unknown) => {
    throw new Error(`${what} says that it is JSON, and is not`, { cause })
  })
  const result = await z.core.safeParseAsync(schema, body)
  if (result.success) return
  const issues = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
  )
  throw new Error(`${what} does not fit returns[${response.status}]: ${issues.join('; ')}`, {
    cause: result.error,
  })
}

function isJson(response: Response): boolean {
  const type = response.headers.get('content-type') ?? ''
  return response.body !== null && /^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i.test(type)
}
