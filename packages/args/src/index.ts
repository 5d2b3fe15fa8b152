/**
 * Parses and validates the path, query, headers, cookies and body of a request, responds to invalid requests with problem
 * details, and generates an OpenAPI document.
 */
export type { ArgsMiddleware } from './args.ts'
export { args } from './args.ts'
export type { BodySchema, RawBodyOptions } from './body/body-schema.ts'
export { bytesBody, jsonBody, textBody } from './body/body-schema.ts'
export type { FormBodyOptions } from './body/form-body.ts'
export { formBody } from './body/form-body.ts'
export type { FileOptions, FormFile } from './body/form-file.ts'
export { file, fileList } from './body/form-file.ts'
export type { ArgsLimits } from './body/limits.ts'
export type { InvalidArgument, RequestPart } from './invalid-arguments.ts'
export type { FilePart, FormPart } from './multipart/form-part.ts'
export type { FormLimits } from './multipart/limits.ts'
export { parts } from './multipart/parts.ts'
export type { ArgsDeclaration } from './openapi/declaration.ts'
export { schemasOf } from './openapi/declaration.ts'
export type {
  OpenApiDocument,
  OpenApiInfo,
  OpenApiOperation,
  OpenApiServer,
} from './openapi/document-types.ts'
export { openapi } from './openapi/openapi.ts'
export type { DocumentedRoute, OpenApiOptions } from './openapi/options.ts'
export { undescribedSchemas } from './openapi/undescribed-schemas.ts'
export type { RouteSource } from './openapi/visible-routes.ts'
export type { ArgsOptions, InvalidRequest, OnInvalid } from './options.ts'
export type { Reply, ReplyInit } from './reply.ts'
