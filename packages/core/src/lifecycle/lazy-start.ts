import type { Environ } from '../contract/environ.ts'
import type { GatewayLifecycle } from '../contract/lifecycle.ts'
import type { BaseSettings } from '../gateway/exchange-settings.ts'
import { HttpError } from '../response/http-error.ts'
import type { ResourceRun } from './resource-run.ts'

type Settings = Pick<BaseSettings, 'lazyLifecycles' | 'onLazyStart'>

/** For gateways that do not use the gateway kit. They cannot stop resources. */
const others: Settings = { lazyLifecycles: new Set<GatewayLifecycle>(), onLazyStart: undefined }

/** Milliseconds until resources that could not start are tried again. */
const RETRY_MS = 1_000

/** The times from `performance.now()` before which resources that could not start are not tried again. */
const retryTimes = new WeakMap<ResourceRun, number>()

/** Whether a request of this gateway has started the resources. */
export function isStartedFor(run: ResourceRun, settings: Settings = others): boolean {
  return settings.lazyLifecycles.has(run)
}

/**
 * Starts resources for a request, because nothing else has. Requests that arrive in the meantime wait.
 *
 * @throws HttpError 503 (by rejection) if they cannot start, or could not within the last second.
 */
export async function startForRequest(
  run: ResourceRun,
  environ: Environ,
  { lazyLifecycles, onLazyStart }: Settings = others,
): Promise<void> {
  const { stopping } = environ.gateway
  if (stopping.aborted) throw unavailable('The server is stopping.')
  if (performance.now() < (retryTimes.get(run) ?? 0)) throw unavailable('The server is starting.')
  if (lazyLifecycles.has(run)) {
    await run.started.catch(() => {
      lazyLifecycles.delete(run)
      throw unavailable('The server is starting.')
    })
    return
  }
  lazyLifecycles.add(run)
  try {
    await run.start({ stopping, errors: environ.errors })
  } catch (error) {
    lazyLifecycles.delete(run)
    retryTimes.set(run, performance.now() + RETRY_MS)
    environ.errors.write(error)
    throw unavailable('The server is starting.')
  }
  onLazyStart?.(run.names)
}

function unavailable(detail: string): HttpError {
  return new HttpError(503, detail, { headers: { 'retry-after': '1' }, report: false })
}
