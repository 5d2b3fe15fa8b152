/**
 * What a gateway needs in addition to the contract: `@tsgi/core/gateway`.
 *
 * A gateway implements {@link Exchange} over its transport, creates an environ of it, calls the application with
 * `handle` and writes the response. SPEC.md states its duties.
 */
export type { BodySource } from './body/body-source.ts'
export { requestLine } from './contract/error-log.ts'
export { specVersion } from './contract/version.ts'
export { BaseExchange, type ExchangeSettings } from './gateway/base-exchange.ts'
export { Completion } from './gateway/completion.ts'
export { answerInTime, discardBody } from './gateway/deadline.ts'
export { consoleErrors, requestLog } from './gateway/error-log.ts'
export { exchangeSettings } from './gateway/exchange-settings.ts'
export { createEnviron, type Exchange, type Target } from './gateway/gateway-environ.ts'
export { type Closing, closeInTime } from './gateway/graceful-close.ts'
export {
  type ConnectionLimits,
  connectionBounds,
  type RequestLimits,
  requestBounds,
} from './gateway/limits.ts'
export { drained, type Outlet, type StreamedBody, streamBody } from './gateway/pump.ts'
export { normalizeAuthority } from './http/authority.ts'
export { isHopByHop } from './http/hop-by-hop.ts'
export { lightHeaders } from './http/light-headers.ts'
export { isNullBodyStatus, reasonPhrase } from './http/status.ts'
export { parseTarget, type RequestTarget } from './request/request-target.ts'
export {
  type PlainParts,
  plainParts,
  type StreamedParts,
  streamedParts,
} from './response/light/response-parts.ts'
