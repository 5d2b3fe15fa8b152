/**
 * The contract of the TypeScript Server Gateway Interface: applications, middleware, the environ, responses, and a
 * linter that checks all three. `@tsgi/core/testing` has the test client, `@tsgi/core/gateway` what servers need.
 */
export { preferred } from './accept.ts'
export type { AnyMiddleware, Application, Middleware, ProvidesOf, RequiresOf } from './application.ts'
export type { Addition, Environ, ErrorLog, Finished, Gateway } from './environ.ts'
export { derive, extend } from './environ.ts'
export type { ExecutionContext, ToFetchOptions } from './fetch.ts'
export { fromFetch, toFetch } from './fetch.ts'
export type { HeaderChanges } from './header-pairs.ts'
export type { HttpErrorInit } from './http-error.ts'
export { errorResponse, HttpError, respond } from './http-error.ts'
export { LintError, lint } from './lint.ts'
export { mount } from './mount.ts'
export { readBody, readChunks } from './read-body.ts'
export { empty, html, json, redirect, text } from './responses.ts'
export { mapBody, mapText, withHeaders, withStatus } from './rewrite.ts'
export type { ServerSentEvent, SseInit } from './sse.ts'
export { sse } from './sse.ts'
export type { Stack, StackOf } from './stack.ts'
export { stack } from './stack.ts'
export type { Chunks } from './stream.ts'
export { stream } from './stream.ts'
