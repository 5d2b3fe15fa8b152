import { type Environ, HttpError, type RouteMetadata } from '@tsgi/core'

/**
 * Returns the bearer token of a request; undefined if it has none.
 *
 * @throws HttpError 401 if it is malformed.
 */
export function tokenOf({ headers }: Pick<Environ, 'headers'>): string | undefined {
  const field = headers.get('authorization')
  if (field === null || !/^bearer(?: |$)/i.test(field)) return undefined
  const [, token] = /^bearer +([\w.~+/-]+=*) *$/i.exec(field) ?? []
  if (token === undefined) throw invalidToken()
  return token
}

/** The error for a request without a token. It has no error code, because the client may not know that it needs one. */
export function missingToken(): HttpError {
  return new HttpError(401, 'A bearer token is required.', { headers: { 'www-authenticate': 'Bearer' } })
}

/** The error for a token that is malformed, expired, revoked or otherwise invalid. */
export function invalidToken(cause?: unknown): HttpError {
  return new HttpError(401, 'The bearer token is not valid.', {
    cause,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}

/** Describes middleware that requires a bearer token, for documents such as OpenAPI. */
export function bearerMetadata(name: string, optional: boolean, format?: string): RouteMetadata {
  return {
    security: [{ [name]: [] }, ...(optional ? [{}] : [])],
    securitySchemes: {
      [name]: { type: 'http', scheme: 'bearer', ...(format !== undefined && { bearerFormat: format }) },
    },
    responses: {
      401: optional ? 'The bearer token is not valid.' : 'A valid bearer token is required.',
      403: 'The token does not allow this request.',
    },
  }
}
