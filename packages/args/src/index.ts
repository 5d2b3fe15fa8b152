/**
 * Argument parsing: path, query, headers, cookies and body against zod schemas, problem details for what does not fit,
 * and an OpenAPI document of it all.
 */
export type { ArgsMiddleware } from './args.ts'
export { args } from './args.ts'
export type { Body, BodyKind, RawBodyOptions } from './body.ts'
export { bytesBody, formBody, jsonBody, textBody } from './body.ts'
export type { Declared } from './declared.ts'
export { schemasOf } from './declared.ts'
export type { InvalidArgument, Part } from './invalid.ts'
export type { Limits } from './limits.ts'
export type { Routes } from './openapi.ts'
export { openapi } from './openapi.ts'
export type {
  JsonSchema,
  OpenApiContent,
  OpenApiDocument,
  OpenApiInfo,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
} from './openapi-document.ts'
export type { ArgsOf, ArgsOptions, Invalid, OnInvalid, ValuesOf } from './options.ts'
export type { Schema } from './schema.ts'
