/**
 * HTTP/1.1: a parser and a serializer without I/O.
 */
export type { ParserLimits } from './parse/limits.ts'
export type { RequestHead } from './parse/request-head.ts'
export type {
  BodyData,
  ParseFailure,
  RequestEnd,
  RequestEvent,
  RequestParser,
} from './parse/request-parser.ts'
export { createRequestParser } from './parse/request-parser.ts'
export { type HeadOptions, type SerializedHead, serializeHead } from './serialize/serialize-head.ts'
