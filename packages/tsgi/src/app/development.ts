/** The parts of a worker that only `tsgi dev` uses. */
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Application, errorOf, HttpError, handle, html, text } from '@tsgi/core'
import { messageOf } from '@tsgi/core/options'
import { CommandError } from '../console/command-error.ts'
import { isLocalHost } from '../console/local-host.ts'
import { devtools } from '../devtools/devtools.ts'
import { escapeHtml } from '../devtools/page/markup.ts'
import { formatRoutes, hasRoutes } from '../routes/format-routes.ts'
import { acceptsHtml, errorPage } from './error-page.ts'
import type { Loaded } from './load-application.ts'

/** Calls `onLoad` for each file that is loaded as a module from now on, except those in `node_modules`. */
function watchModules(onLoad: (file: string) => void): void {
  registerHooks({
    load(url, context, nextLoad) {
      if (url.startsWith('file:') && !url.includes('/node_modules/')) onLoad(fileURLToPath(url))
      return nextLoad(url, context)
    },
  })
}

/**
 * Loads the application, and makes it show its errors and the devtools. If loading fails, returns one that shows the error.
 *
 * @param onLoad Called for the file of the application, and for each file that it imports.
 */
export async function loadForDevelopment(
  app: string,
  load: () => Promise<Loaded>,
  onLoad: (file: string) => void,
): Promise<Loaded & { readonly routes: string }> {
  onLoad(resolve(app))
  watchModules(onLoad)
  // Before the application is loaded, so that its layers can be seen.
  const tools = devtools()
  try {
    const { application, lifecycle } = await load()
    const routes = hasRoutes(application) ? formatRoutes(application.routes()) : ''
    return { application: onlyLocal(showErrors(tools(application))), lifecycle, routes }
  } catch (error) {
    return { application: failed(error), routes: '' }
  }
}

/** Returns an application that shows why the application cannot serve. Browsers load the page again by themselves. */
export function showProblem(problem: string): Application {
  const sentence = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`
  return showMessage(sentence, { status: 503, headers: { 'cache-control': 'no-store', 'retry-after': '2' } })
}

function showMessage(message: string, init: ResponseInit): Application {
  return onlyLocal(({ headers }) =>
    acceptsHtml(headers)
      ? html(
          `<!doctype html><meta http-equiv="refresh" content="2"><title>The application is not running</title>
<h1>The application is not running</h1><pre>${escapeHtml(message)}</pre><p>See the terminal of <code>tsgi dev</code>. Save a file to try again: this page reloads by itself.</p>
`,
          init,
        )
      : text(`${message}\n`, init),
  )
}

/** Logs an error, and returns an application that shows it. */
export function failed(error: unknown): Application {
  if (isInstance(error, CommandError)) {
    // Its stack is that of the command, not of the application.
    console.error(`tsgi: ${error.message}`)
    return showMessage(error.message, { status: 500, headers: { 'cache-control': 'no-store' } })
  }
  log(error)
  return onlyLocal((environ) => errorPage(error, environ))
}

function isInstance<T>(error: unknown, type: new (...args: never[]) => T): error is T {
  try {
    return error instanceof type
  } catch {
    // A proxy that has been revoked.
    return false
  }
}

function log(error: unknown): void {
  try {
    console.error(error)
  } catch {
    // Reading it throws.
    console.error(messageOf(error))
  }
}

/** Rejects requests for other host names: with DNS rebinding, any web page could read the source code. */
function onlyLocal(app: Application): Application {
  return function tsgiLocal(environ) {
    if (isLocalHost(environ.host)) return app(environ)
    const name = environ.host.replace(/:\d+$/, '')
    return text(`tsgi dev accepts requests for localhost and for IP addresses, not for ${name}.\n`, {
      status: 403,
    })
  }
}

function showErrors(app: Application): Application {
  return async function tsgiDevelopment(environ) {
    const response = await handle(app, environ)
    const error = errorOf(response)
    return error === undefined || isInstance(error, HttpError) ? response : errorPage(error, environ)
  }
}
