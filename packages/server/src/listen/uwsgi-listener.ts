import type { Application } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import { createUwsgiServer } from '@tsgi/uwsgi'
import type { ConnectionLimits } from '../http/limits.ts'
import type { Settings } from '../http/settings.ts'
import { acceptEstablished } from './accept-established.ts'
import { destroyAll, type Listener, tracked } from './listener.ts'

/** Creates a listener for the uwsgi protocol. Each connection carries one request. */
export function createUwsgiListener(
  app: Application,
  settings: Settings,
  limits: Limits<ConnectionLimits>,
): Listener {
  const { errors, multiprocess, observers, loadShedder } = settings
  const { headersTimeout, receiveTimeout, gracefulTimeout } = limits
  const gateway = createUwsgiServer(app, {
    ...settings.limits,
    headersTimeout,
    receiveTimeout,
    gracefulTimeout,
    errors,
    multiprocess,
    observers,
    loadShedder,
  })
  const sockets = tracked(gateway.server)
  return {
    front: gateway.server,
    useCertificate() {},
    closeIdle() {},
    // No further request can arrive on an open connection.
    drain: gateway.close,
    async close() {
      await acceptEstablished(gateway.server)
      await gateway.close()
    },
    destroy: () => destroyAll(gateway.server, sockets),
  }
}
