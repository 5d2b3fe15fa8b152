/** A typed client for the routes of a router. */
export type { ClientOptions } from './client.ts'
export { createClient } from './client.ts'
export { ResponseError } from './response-error.ts'
export type { Client, ClientMethod } from './types/client-type.ts'
export type { ProblemDetails } from './types/problem-details.ts'
export type { Reply, ReplyPromise } from './types/reply.ts'
