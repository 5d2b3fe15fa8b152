import { extend, type Middleware } from '@tsgi/core'

export const requestId: Middleware<{ requestId: string }> = (app) => (environ) =>
  app(extend(environ, { requestId: crypto.randomUUID() }))
