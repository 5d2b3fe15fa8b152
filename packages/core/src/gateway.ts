/**
 * What a gateway needs in addition to the contract: `@tsgi/core/gateway`.
 *
 * A gateway over sockets extends {@link BaseExchange} for its transport, implements {@link ResponseWriter} for its
 * protocol, and calls {@link handleRequest}. SPEC.md states its duties.
 */

export { keepContext } from './body/async-context.ts'
export type { BodySource } from './body/body-source.ts'
export { joinChunks } from './body/chunk.ts'
export { type LayerObserver, observeLayers } from './compose/observe-layers.ts'
export { requestLine } from './contract/error-log.ts'
export type { GatewayLifecycle, LifecycleStart, NotReady } from './contract/lifecycle.ts'
export { specVersion } from './contract/version.ts'
export { enableWebSockets } from './fetch/upgrade/enable-web-sockets.ts'
export {
  type AwaitedResponse,
  probeForReset,
  type WatchedSocket,
  watchHalfClosed,
} from './gateway/connection/half-closed.ts'
export { discardBody } from './gateway/discard-body.ts'
export { consoleErrors, requestLog } from './gateway/error-log.ts'
export { BaseExchange } from './gateway/exchange.ts'
export type { ExchangeState } from './gateway/exchange-core.ts'
export {
  type ExchangeOptions,
  type ExchangeSettings,
  exchangeSettings,
  type LifecycleSettings,
} from './gateway/exchange-settings.ts'
export { abortRequest, createEnviron, type Exchange, type Target } from './gateway/gateway-environ.ts'
export { handleRequest } from './gateway/handle-request.ts'
export { headText } from './gateway/head-text.ts'
export {
  type ConnectionLimits,
  connectionBounds,
  type RequestLimits,
  requestBounds,
  unreadTimeout,
} from './gateway/limits.ts'
export type { ObservedExchange, ObservedRequest, Observer } from './gateway/observer.ts'
export { planProblem, planRejection, type RejectedRequest } from './gateway/rejection.ts'
export { requestIdOf, setErrorLog, setRequestId } from './gateway/request-log.ts'
export { planFor, planResponse, type ResponsePlan } from './gateway/response-plan.ts'
export { drained, type Outlet, type ResponseWriter, type WritingExchange } from './gateway/response-writer.ts'
export { LoadShedder, type LoadShedderOptions } from './gateway/shedding/load-shedder.ts'
export {
  type Closing,
  closeInTime,
  closeSockets,
  type SocketServer,
  stoppingError,
} from './gateway/stopping/graceful-close.ts'
export {
  Handshake,
  type HandshakeFields,
  isHandshake,
  isUpgradeField,
  sentStatus,
} from './gateway/upgrade/handshake.ts'
export { OpenSockets, type SocketsEnding } from './gateway/upgrade/open-sockets.ts'
export { normalizeAuthority } from './http/authority.ts'
export { connectionOptions, isHopByHop } from './http/hop-by-hop.ts'
export { lightHeaders } from './http/light-headers.ts'
export { normalizePath } from './http/path.ts'
export { decodePathBytes, encodePathBytes, trimTrailingSlashes } from './http/path-bytes.ts'
export { isNullBodyStatus, reasonPhrase } from './http/status.ts'
export { limitBody } from './request/body-limit.ts'
export { parseTarget, type RequestTarget } from './request/request-target.ts'
export type { PlainParts } from './response/light/parts.ts'
export { plainParts } from './response/light/response-parts.ts'
