/**
 * Authentication with HTTP's own schemes: user names and passwords, and tokens.
 */
export { type BasicAuthOptions, basicAuth } from './basic-auth.ts'
export { type BearerAuthOptions, bearerAuth, insufficientScope } from './bearer-auth.ts'
