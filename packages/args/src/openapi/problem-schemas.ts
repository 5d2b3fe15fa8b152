import type { JsonSchema } from '../schema/json-schema.ts'

const properties = {
  type: { type: 'string', format: 'uri-reference' },
  title: { type: 'string' },
  status: { type: 'integer' },
  detail: { type: 'string' },
}
const required = ['type', 'title', 'status']

/** The JSON Schema of problem details (RFC 9457 §3). */
export const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  properties,
  required,
}

/** The JSON Schema of a 422: problem details with an array of errors. */
export const INVALID_ARGUMENTS: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457) with the errors in the arguments.',
  properties: {
    ...properties,
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          in: { type: 'string', enum: ['path', 'query', 'headers', 'cookies', 'body'] },
          path: { type: 'array', items: { type: ['string', 'integer'] } },
          code: { type: 'string' },
          message: { type: 'string' },
          alternatives: {
            type: 'array',
            description: 'For a union, the errors of each of its members.',
            items: { type: 'array', items: { type: 'object' } },
          },
        },
        required: ['in', 'path', 'code', 'message'],
      },
    },
  },
  required: [...required, 'errors'],
}
