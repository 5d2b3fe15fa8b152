/** What `tsgi dev` adds to a worker. */
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Application, type Environ, errorOf, HttpError, handle, html, text } from '@tsgi/core'
import { Youch } from 'youch'
import { formatRoutes, hasRoutes } from './format-routes.ts'

/** Calls `onLoad` with each file that is loaded as a module from now on, but those of packages. */
export function watchModules(onLoad: (file: string) => void): void {
  registerHooks({
    load(url, context, nextLoad) {
      if (url.startsWith('file:') && !url.includes('/node_modules/')) onLoad(fileURLToPath(url))
      return nextLoad(url, context)
    },
  })
}

/** The application, which shows what it throws; and where it cannot be loaded, one that shows why. */
export async function loadForDevelopment(
  load: () => Promise<Application>,
): Promise<{ readonly application: Application; readonly routes: string }> {
  try {
    const application = await load()
    const routes = hasRoutes(application) ? formatRoutes(application.routes()) : ''
    return { application: showErrors(application), routes }
  } catch (error) {
    console.error(error)
    return { application: (environ) => errorPage(error, environ), routes: '' }
  }
}

function showErrors(app: Application): Application {
  return async function tsgiDevelopment(environ) {
    const response = await handle(app, environ)
    const error = errorOf(response)
    return error === undefined || error instanceof HttpError ? response : errorPage(error, environ)
  }
}

/** The error with its source, for a browser; its stack, for what does not ask for HTML. */
async function errorPage(error: unknown, { headers, method, request }: Environ): Promise<Response> {
  const init = { status: 500, headers: { 'cache-control': 'no-store' } }
  if (headers.get('accept')?.includes('text/html') !== true) {
    return text(`${error instanceof Error ? error.stack : String(error)}\n`, init)
  }
  const page = await new Youch().toHTML(error, {
    title: 'The application failed',
    request: { url: request.url, method, headers: Object.fromEntries(headers) },
  })
  return html(page, init)
}
