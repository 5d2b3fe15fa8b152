/**
 * The contract of the TypeScript Server Gateway Interface: applications, middleware, the environ, responses, and a linter
 * that checks them. `@tsgi/core/testing` has the test client, and `@tsgi/core/gateway` what servers need.
 */

export { checkMetadata } from './compose/check-metadata.ts'
export { asLayer, type Layer } from './compose/layer.ts'
export { mount } from './compose/mount.ts'
export type { RouteMetadata, SecurityRequirement } from './compose/route-metadata.ts'
export { metadataOf, withMetadata } from './compose/route-metadata.ts'
export type { Stack, StackOf } from './compose/stack.ts'
export { stack } from './compose/stack.ts'
export type {
  AnyMiddleware,
  Application,
  Callable,
  Middleware,
  ProvidesOf,
  RequiresOf,
  SignatureOf,
} from './contract/application.ts'
export { type Awaitable, chain } from './contract/chain.ts'
export type { CompleteApplication } from './contract/complete.ts'
export type { Addition, Environ, Finished, Gateway } from './contract/environ.ts'
export { extend } from './contract/environ.ts'
export type { ErrorLog, ReportedRequest } from './contract/error-log.ts'
export type { Resource, StartContext } from './contract/lifecycle.ts'
export type { OpenSocket, Upgrade, UpgradedConnection, UpgradeOptions } from './contract/upgrade.ts'
export { setRoute, withPath } from './contract/with-path.ts'
export type { ExecutionContext, FromFetchOptions } from './fetch/from-fetch.ts'
export { fromFetch } from './fetch/from-fetch.ts'
export type { ToFetchOptions } from './fetch/to-fetch.ts'
export { toFetch } from './fetch/to-fetch.ts'
export type { ResponseLike } from './fetch/to-response.ts'
export { preferredMediaType } from './http/accept.ts'
export type { HeaderChanges } from './http/header-pairs.ts'
export type { LifecycleOptions } from './lifecycle/lifecycle.ts'
export { lifecycle } from './lifecycle/lifecycle.ts'
export type { Lifecycle } from './lifecycle/types.ts'
export { LintError, lint } from './lint/lint.ts'
export { readBody, readChunks } from './request/read-body.ts'
export { errorOf } from './response/error-of.ts'
export { errorResponse } from './response/error-response.ts'
export { handle } from './response/handle.ts'
export { withHeaders } from './response/headers.ts'
export { bytes, empty, html, json, redirect, text } from './response/helpers.ts'
export type { HttpErrorInit } from './response/http-error.ts'
export { HttpError } from './response/http-error.ts'
export { mapBody } from './response/map-body.ts'
export { mapText } from './response/map-text.ts'
export type { ServerSentEvent, SseInit } from './response/sse.ts'
export { sse } from './response/sse.ts'
export type { Chunks } from './response/stream.ts'
export { stream } from './response/stream.ts'
export { withBody } from './response/with-body.ts'
export { withStatus } from './response/with-status.ts'
