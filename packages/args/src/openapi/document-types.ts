import type { SecurityRequirement } from '@tsgi/core'
import type { JsonSchema } from '../schema/json-schema.ts'

/** The title, version and other facts about an API (OpenAPI 3.1 §4.8.2). */
export interface OpenApiInfo {
  readonly title: string
  readonly version: string
  readonly summary?: string
  readonly description?: string
  readonly termsOfService?: string
  readonly contact?: { readonly name?: string; readonly url?: string; readonly email?: string }
  readonly license?: { readonly name: string; readonly identifier?: string; readonly url?: string }
}

/** A server of an API (OpenAPI 3.1 §4.8.5). */
export interface OpenApiServer {
  readonly url: string
  readonly description?: string
  readonly variables?: Readonly<
    Record<
      string,
      { readonly default: string; readonly enum?: readonly string[]; readonly description?: string }
    >
  >
}

/** An OpenAPI document, as far as {@link openapi} fills it in (OpenAPI 3.1 §4.8.1). */
export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: OpenApiInfo
  readonly servers?: readonly OpenApiServer[]
  readonly security?: readonly SecurityRequirement[]
  /** Operations by path template and method in lower case. */
  readonly paths: Record<string, Record<string, OpenApiOperation>>
  readonly components: {
    readonly schemas: Record<string, JsonSchema>
    readonly securitySchemes?: Readonly<Record<string, object>>
  }
}

/** The parameters, body and responses of one method of one path (OpenAPI 3.1 §4.8.10). */
export interface OpenApiOperation {
  readonly operationId: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly deprecated?: boolean
  readonly security?: readonly SecurityRequirement[]
  readonly parameters?: readonly OpenApiParameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: OpenApiContent }
  readonly responses: Record<string, OpenApiResponse>
}

/** A parameter of an operation (OpenAPI 3.1 §4.8.12). */
export interface OpenApiParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required: boolean
  readonly description?: string
  readonly deprecated?: boolean
  readonly schema: JsonSchema
}

/** A response of an operation (OpenAPI 3.1 §4.8.17). */
export interface OpenApiResponse {
  readonly description: string
  readonly content?: OpenApiContent
}

/** The schema of a body, by media type (OpenAPI 3.1 §4.8.14). */
export type OpenApiContent = Readonly<
  Record<
    string,
    {
      readonly schema: JsonSchema
      /** The media types of the parts of a multipart form, by name. */
      readonly encoding?: Readonly<Record<string, { readonly contentType: string }>>
    }
  >
>
