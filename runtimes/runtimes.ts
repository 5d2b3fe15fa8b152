/** The runtimes, and how to start the application on each, as its documentation says. */
import { join } from 'node:path'
import { requireProgram } from '../scripts/programs.ts'
import { startBehindNginx } from './behind-nginx.ts'
import { type Running, start } from './processes.ts'

export interface Runtime {
  /** The heading of its column. */
  readonly name: string
  /** Starts it. Undefined if a program is missing. */
  readonly start: (() => Promise<Running>) | undefined
}

const nginx = requireProgram('nginx')

/** The path of the binary itself, because a wrapper script would receive the signals. */
const installed = (file: string) => join(import.meta.dirname, 'node_modules', file)

export const runtimes: readonly Runtime[] = [
  {
    name: 'Node',
    start: () =>
      start({
        command: installed('.bin/tsgi'),
        args: ['serve', 'app.ts', '--http', '127.0.0.1:0'],
        ready: /http:\/\/127\.0\.0\.1:(\d+)/,
      }),
  },
  {
    name: 'Node, engine `tsgi`',
    start: () =>
      start({
        command: installed('.bin/tsgi'),
        args: ['serve', 'app.ts', '--engine', 'tsgi', '--http', '127.0.0.1:0'],
        ready: /http:\/\/127\.0\.0\.1:(\d+)/,
      }),
  },
  {
    name: 'Node, uwsgi, nginx',
    start: nginx === undefined ? undefined : () => startBehindNginx(nginx),
  },
  {
    name: 'Bun',
    start: () =>
      start({
        command: installed('bun/bin/bun.exe'),
        args: ['bun.ts'],
        env: { PORT: '0' },
        ready: /http:\/\/[^:]+:(\d+)/,
      }),
  },
  {
    name: 'Deno',
    start: () =>
      start({
        command: installed('deno/deno'),
        args: [
          'serve',
          '--allow-read',
          '--unstable-no-legacy-abort',
          '--host',
          '127.0.0.1',
          '--port',
          '0',
          'deno.ts',
        ],
        ready: /http:\/\/127\.0\.0\.1:(\d+)/,
      }),
  },
  {
    name: 'workerd',
    start: () =>
      start({
        command: installed('workerd/bin/workerd'),
        args: ['serve', 'wrangler.jsonc', '--socket-addr', 'http=127.0.0.1:0', '--control-fd', '1'],
        ready: /"port":(\d+)/,
      }),
  },
]
