/** PEP 3333 for TypeScript. Does not depend on Node. */
export { b } from './contract/bytes.ts'
export type {
  Blocks,
  StartResponse,
  Write,
  WsgiApplication,
  WsgiEnviron,
  WsgiErrors,
  WsgiHeaders,
  WsgiInput,
} from './contract/types.ts'
export { toWsgi } from './to-wsgi/to-wsgi.ts'
export { validator } from './validator/validator.ts'
export { ValidatorError } from './validator/validator-error.ts'
export { wsgi } from './wsgi/wsgi.ts'
