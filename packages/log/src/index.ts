/**
 * Request ids and structured logs: one line per request, and a logger in the environ whose lines have the request's id.
 */
export { errorLog } from './error-log.ts'
export { type LogOptions, log } from './log.ts'
export type { Logger, LogMethod, RequestLog } from './logger.ts'
export { type RequestIdOptions, requestId } from './request-id.ts'
