/**
 * PEP 3333, literally: `@tsgi/bridges/wsgi`. Nothing here needs Node.
 */
export { b } from './bytes.ts'
export type {
  Blocks,
  StartResponse,
  Write,
  WsgiApplication,
  WsgiEnviron,
  WsgiErrors,
  WsgiHeaders,
  WsgiInput,
} from './contract.ts'
export { toWsgi } from './to-wsgi.ts'
export { validator } from './validator.ts'
export { ValidatorError } from './validator-error.ts'
export { wsgi } from './wsgi.ts'
