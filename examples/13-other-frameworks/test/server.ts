/** Serves a module of this chapter with two workers. */
import { join } from 'node:path'
import { freePort } from '../../../scripts/ports.ts'
import { Master } from '../../11-deploy/test/master.ts'

export const folder: string = join(import.meta.dirname, '..')

export interface Server extends AsyncDisposable {
  readonly url: string
  readonly master: Master
}

const cli = join(import.meta.dirname, '../../../packages/tsgi/src/cli/cli.ts')

export async function startServer(
  module: string,
  environment: (url: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<Server> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const args = [cli, 'serve', module, '--http', `127.0.0.1:${port}`, '--workers', '2']
  const master = new Master(process.execPath, args, { cwd: folder, environment: environment(url) })
  try {
    await master.printed('listening on')
  } catch (error) {
    await master.lose()
    throw error
  }
  return { url, master, [Symbol.asyncDispose]: () => master[Symbol.asyncDispose]() }
}

/** Sends a request on a connection of its own, so that the workers receive requests in turn. */
export function fetchAlone(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('connection', 'close')
  return fetch(url, { ...init, headers })
}
