/** The ways from a client to the application. */
import { join } from 'node:path'
import { serve } from '@tsgi/server'
import { freePort } from '../../scripts/ports.ts'
import { application } from './app.ts'
import { configuration, Nginx, replace, scratch } from './front.ts'

/** A way to the application. */
export interface Way {
  readonly name: string
  readonly url: string
  /** The nginx in front of the application. */
  readonly nginx?: Nginx
}

/** Starts the application and every way to it. `launcher` is a command that starts nginx. */
export async function openWays(
  started: AsyncDisposableStack,
  launcher: readonly string[] = [],
): Promise<Way[]> {
  const folder = started.use(scratch())
  const [httpSocket, uwsgiSocket] = [join(folder.path, 'http.sock'), join(folder.path, 'uwsgi.sock')]
  const server = started.use(
    await serve(application, {
      listen: ['http://127.0.0.1:0', 'uwsgi://127.0.0.1:0', `unix:${httpSocket}`, `uwsgi:${uwsgiSocket}`],
      trustProxy: 1,
    }),
  )
  const [httpPort, uwsgiPort] = server.addresses.map((address) => URL.parse(address)?.port)
  const behind = async (name: string, conf: (port: number) => string): Promise<Way> => {
    const port = await freePort()
    const nginx = started.use(await Nginx.start(conf(port), launcher))
    return { name, url: `http://127.0.0.1:${port}/`, nginx }
  }
  const http = (backend: string) => (port: number) => configuration('nginx-http.conf', port, backend)
  const uwsgi = (backend: string) => (port: number) => configuration('nginx-uwsgi.conf', port, backend)
  return [
    await behind('nginx, HTTP kept alive, unix socket', http(`unix:${httpSocket}`)),
    await behind('nginx, HTTP kept alive, TCP', http(`127.0.0.1:${httpPort}`)),
    await behind('nginx, HTTP not kept alive, unix socket', (port) =>
      replace(http(`unix:${httpSocket}`)(port), 'keepalive 64;', ''),
    ),
    await behind('nginx, uwsgi, unix socket', uwsgi(`unix:${uwsgiSocket}`)),
    await behind('nginx, uwsgi, TCP', uwsgi(`127.0.0.1:${uwsgiPort}`)),
    { name: 'HTTP, no nginx', url: `http://127.0.0.1:${httpPort}/` },
  ]
}
