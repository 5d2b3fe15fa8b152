/**
 * The contract of the TypeScript Server Gateway Interface: applications, middleware, the environ, responses, and a
 * linter that checks all three. `@tsgi/core/testing` has the test client, `@tsgi/core/gateway` what servers need.
 */

export type {
  AnyMiddleware,
  Application,
  Middleware,
  ProvidesOf,
  RequiresOf,
} from './contract/application.ts'
export { type Awaitable, chain } from './contract/chain.ts'
export type { Addition, Environ, ErrorLog, Finished, Gateway } from './contract/environ.ts'
export { extend } from './contract/environ.ts'
export { mount } from './contract/mount.ts'
export type { Stack, StackOf } from './contract/stack.ts'
export { stack } from './contract/stack.ts'
export type { Upgrade, UpgradeOptions, UpgradeSocket } from './contract/upgrade.ts'
export { setRoute, withPath } from './contract/with-path.ts'
export type { ExecutionContext, ToFetchOptions } from './fetch/fetch.ts'
export { fromFetch, toFetch } from './fetch/fetch.ts'
export { preferredMediaType } from './http/accept.ts'
export type { HeaderChanges } from './http/header-pairs.ts'
export { LintError, lint } from './lint/lint.ts'
export { readBody, readChunks } from './request/read-body.ts'
export { empty, html, json, redirect, text } from './response/helpers.ts'
export type { HttpErrorInit } from './response/http-error.ts'
export { errorResponse, HttpError, respond } from './response/http-error.ts'
export { mapBody, mapText, withHeaders, withStatus } from './response/rewrite.ts'
export type { ServerSentEvent, SseInit } from './response/sse.ts'
export { sse } from './response/sse.ts'
export type { Chunks } from './response/stream.ts'
export { stream } from './response/stream.ts'
