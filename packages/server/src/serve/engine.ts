import { describe } from '@tsgi/core/options'
import { createNodeEndpoint } from '../http/http1/node-endpoint.ts'
import type { CreateHttp1Endpoint } from '../http/http1-endpoint.ts'
import type { Engine } from './serve-options.ts'

/**
 * Returns the implementation of HTTP/1.1. Loads ours only if it is used.
 *
 * @throws TypeError (by rejection) if there is none of that name.
 */
export async function endpointOf(engine: Engine = 'node'): Promise<CreateHttp1Endpoint> {
  if (engine === 'node') return createNodeEndpoint
  if (engine !== 'tsgi')
    throw new TypeError(`serve: engine must be 'node' or 'tsgi', got ${describe(engine)}`)
  const { createTsgiEndpoint } = await import('../http/engine/tsgi-endpoint.ts')
  return createTsgiEndpoint
}
