/** Cross-origin resource sharing: which pages of other origins may read responses. */

export { cors } from './cors.ts'
export type { CorsOptions } from './cors-options.ts'
