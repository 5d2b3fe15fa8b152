/** Starts Node behind nginx, over uwsgi, with the configuration in the README of `@tsgi/uwsgi`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configuration, startNginx } from '../packages/uwsgi/test/programs.ts'
import { freePort } from '../scripts/ports.ts'
import { type Running, start } from './processes.ts'

export async function startBehindNginx(nginx: string): Promise<Running> {
  await using begun = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-runtimes-'))
  begun.defer(() => rmSync(folder, { recursive: true, force: true }))
  const socket = join(folder, 'app.sock')
  const app = begun.use(
    await start({ command: process.execPath, args: ['uwsgi.ts', socket], ready: /Listening/ }),
  )
  const port = await freePort()
  begun.use(await startNginx(nginx, folder, port, configuration('nginx', port, `unix:${socket}`)))
  const all = begun.move()
  return {
    origin: `http://127.0.0.1:${port}`,
    output: app.output,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
