/** Protection against cross-site request forgery, by Fetch Metadata and Origin. */
export type { CsrfOptions } from './csrf.ts'
export { csrf } from './csrf.ts'
