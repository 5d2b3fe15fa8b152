import { type Application, HttpError, type Middleware, stack, text } from '@tsgi/core'
import { requestId } from './request-id/src/request-id.ts'

export const accessLog: Middleware<object, { requestId: string }> = (app) =>
  function accessLog(environ) {
    const { method, pathInfo, requestId, finished } = environ
    finished.then(({ duration }) => {
      console.log(`${requestId} ${method} ${pathInfo} ${duration.toFixed(1)} ms`)
    })
    return app(environ)
  }

const hello: Application<{ requestId: string }> = ({ pathInfo, requestId }) => {
  if (pathInfo !== '/') throw new HttpError(404)
  return text(`This is request ${requestId}.\n`)
}

export const application: Application = stack(requestId(), accessLog)(hello)
