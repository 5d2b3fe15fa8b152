/**
 * Argument parsing: path, query, headers, cookies and body against zod schemas, problem details for what does not fit,
 * and an OpenAPI document of it all.
 */
export type { ArgsMiddleware } from './args.ts'
export { args } from './args.ts'
export type { Body, BodyKind, RawBodyOptions } from './body/body-schema.ts'
export { bytesBody, formBody, jsonBody, textBody } from './body/body-schema.ts'
export type { Limits } from './body/limits.ts'
export type { InvalidArgument, Part } from './invalid-arguments.ts'
export type { Declared } from './openapi/declaration.ts'
export { schemasOf } from './openapi/declaration.ts'
export type {
  JsonSchema,
  OpenApiContent,
  OpenApiDocument,
  OpenApiInfo,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
} from './openapi/document.ts'
export type { Routes } from './openapi/openapi.ts'
export { openapi } from './openapi/openapi.ts'
export type { ArgsOf, ArgsOptions, Invalid, OnInvalid, ValuesOf } from './options.ts'
export type { Schema } from './schema/schema.ts'
