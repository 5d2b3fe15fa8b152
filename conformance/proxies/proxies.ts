/** nginx, Apache and HAProxy as reverse proxies, with short timeouts. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { accepts, freePort } from '../../scripts/ports.ts'
import type { ProgramName } from '../../scripts/programs.ts'

/** A port of a proxy, and the port that it passes requests on to. */
export interface Route {
  readonly port: number
  readonly target: number
}

/** A proxy that adds a field to each request that it passes on: `X-Proxy: SECRET.ADDRESS`, with the address of the client. */
export interface ReverseProxy {
  readonly program: ProgramName
  /** Returns the arguments of the program. */
  configure(folder: string, secret: string, routes: readonly Route[]): readonly string[]
}

const isRoot = process.getuid?.() === 0

const nginx: ReverseProxy = {
  program: 'nginx',
  configure(folder, secret, routes) {
    const temporary = ['client_body', 'uwsgi', 'proxy', 'fastcgi', 'scgi']
    const file = join(folder, 'nginx.conf')
    writeFileSync(
      file,
      `${isRoot ? 'user root;' : ''}
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  client_header_timeout 3s;
  client_body_timeout 3s;
  keepalive_timeout 3s;
  proxy_http_version 1.1;
  # Passes the body on as it arrives.
  proxy_request_buffering off;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Proxy ${secret}.$remote_addr;
  ${routes
    .map(
      ({ port, target }) => `
  upstream to_${target} { server 127.0.0.1:${target}; keepalive 8; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://to_${target}; } }`,
    )
    .join('')}
}`,
    )
    return ['-p', folder, '-c', file, '-e', join(folder, 'error.log')]
  },
}

const apache: ReverseProxy = {
  program: 'apache2',
  configure(folder, secret, routes) {
    // The workers do not run as root.
    chmodSync(folder, 0o777)
    const modules = ['mpm_event', 'authz_core', 'headers', 'reqtimeout', 'proxy', 'proxy_http']
    const file = join(folder, 'apache.conf')
    writeFileSync(
      file,
      `ServerRoot ${folder}
ServerName localhost
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
Mutex file:${folder}
ErrorLog ${folder}/error.log
StartServers 1
${isRoot ? 'User www-data\nGroup www-data' : ''}
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
Timeout 5
KeepAliveTimeout 3
RequestReadTimeout header=3 body=3
ProxyPreserveHost On
AllowEncodedSlashes NoDecode
RequestHeader set X-Proxy "expr=${secret}.%{REMOTE_ADDR}"
${routes
  .map(
    ({ port, target }) => `Listen 127.0.0.1:${port}
<VirtualHost 127.0.0.1:${port}>
  AllowEncodedSlashes NoDecode
  ProxyPass "/" "http://127.0.0.1:${target}/" nocanon
</VirtualHost>`,
  )
  .join('\n')}
`,
    )
    return ['-D', 'FOREGROUND', '-f', file]
  },
}

const haproxy: ReverseProxy = {
  program: 'haproxy',
  configure(folder, secret, routes) {
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(
      file,
      `defaults
  mode http
  timeout connect 5s
  timeout server 5s
  timeout client 3s
  timeout http-request 3s
  timeout http-keep-alive 3s
  http-reuse always
${routes
  .map(
    ({ port, target }) => `listen to_${target}
  bind 127.0.0.1:${port}
  http-request set-header X-Proxy ${secret}.%[src]
  server app 127.0.0.1:${target}`,
  )
  .join('\n')}
`,
    )
    return ['-db', '-f', file]
  },
}

export const proxies: Readonly<Record<string, ReverseProxy>> = { nginx, Apache: apache, HAProxy: haproxy }

/** Starts a proxy for these targets. Resolves with the port for each of them. */
export async function startProxy(
  program: string,
  proxy: ReverseProxy,
  { secret, targets }: { readonly secret: string; readonly targets: readonly number[] },
): Promise<AsyncDisposable & { readonly ports: readonly number[] }> {
  const routes: Route[] = []
  for (const target of targets) routes.push({ port: await freePort(), target })
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-proxy-'))
  const child = spawn(program, proxy.configure(folder, secret, routes))
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const exited = once(child, 'exit')
  for (const { port } of routes) {
    while (!(await accepts(port))) {
      if (child.exitCode !== null) throw new Error(`${program} did not start: ${output}`)
      await sleep(20)
    }
  }
  return {
    ports: routes.map(({ port }) => port),
    async [Symbol.asyncDispose]() {
      child.kill()
      await exited
      rmSync(folder, { recursive: true })
    },
  }
}
