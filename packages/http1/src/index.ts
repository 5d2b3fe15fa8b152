/**
 * HTTP/1.1: a parser and a serializer without I/O, and a gateway on sockets.
 */
export type { ConnectionLimits } from './connection/limits.ts'
export type { Http1Native } from './gateway/exchange.ts'
export { Http1Gateway } from './gateway/http1-gateway.ts'
export { createHttp1Server, type Http1Server, type Http1ServerOptions } from './gateway/http1-server.ts'
export { directOrigin, type OriginResolver, type RequestOrigin } from './gateway/origin.ts'
export type { Http1Settings } from './gateway/settings.ts'
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
