/**
 * Parses and validates the path, query, headers, cookies and body of a request, responds to invalid requests with problem
 * details, and generates an OpenAPI document.
 */
export type { ArgsMiddleware } from './args.ts'
export { args } from './args.ts'
export type { BodySchema, RawBodyOptions } from './body/body-schema.ts'
export { bytesBody, formBody, jsonBody, textBody } from './body/body-schema.ts'
export type { ArgsLimits } from './body/limits.ts'
export type { InvalidArgument, RequestPart } from './invalid-arguments.ts'
export type { ArgsDeclaration } from './openapi/declaration.ts'
export { schemasOf } from './openapi/declaration.ts'
export type { OpenApiDocument, OpenApiInfo, OpenApiOperation } from './openapi/document-types.ts'
export type { RouteSource } from './openapi/openapi.ts'
export { openapi } from './openapi/openapi.ts'
export type { ArgsOptions, InvalidRequest, OnInvalid } from './options.ts'
export type { Reply, ReplyInit } from './reply.ts'
