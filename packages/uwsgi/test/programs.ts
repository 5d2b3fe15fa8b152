/** Starts real programs as child processes, each with its own configuration and folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accepts } from '../../../scripts/ports.ts'

const isRoot = process.getuid?.() === 0

/** Returns the configuration from the README with this port and backend. */
export function configuration(name: 'nginx' | 'apache', port: number, backend: string): string {
  const text = readFileSync(new URL(`${name}.conf`, import.meta.url), 'utf8')
  const address = `127.0.0.1:${port}`
  if (name === 'nginx')
    return replaceOnce(replaceOnce(text, 'unix:/run/app.sock', backend), '80;', `${address};`)
  const target = backend.startsWith('unix:') ? `${backend}|uwsgi://app/` : backend
  return replaceOnce(replaceOnce(text, 'unix:/run/app.sock|uwsgi://app/', target), '*:80', address)
}

function replaceOnce(text: string, part: string, replacement: string): string {
  const pieces = text.split(part)
  if (pieces.length !== 2) throw new Error(`the configuration has '${part}' ${pieces.length - 1} times`)
  return pieces.join(replacement)
}

/** Starts nginx with these servers. */
export async function startNginx(
  program: string,
  folder: string,
  port: number,
  servers: string,
): Promise<AsyncDisposable> {
  cpSync('/etc/nginx/uwsgi_params', join(folder, 'uwsgi_params'))
  const temporary = ['client_body', 'uwsgi', 'proxy', 'fastcgi', 'scgi']
  const main = `
${isRoot ? 'user root;' : ''}
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  ${servers}
}`
  writeFileSync(join(folder, 'nginx.conf'), main)
  const child = spawn(program, [
    '-p',
    folder,
    '-c',
    join(folder, 'nginx.conf'),
    '-e',
    join(folder, 'error.log'),
  ])
  return running(child, port, 'SIGTERM', join(folder, 'error.log'))
}

/** Starts Apache with these virtual hosts. */
export async function startApache(
  program: string,
  folder: string,
  ports: readonly number[],
  hosts: string,
): Promise<AsyncDisposable> {
  // The workers do not run as root.
  chmodSync(folder, 0o777)
  const modules = ['mpm_event', 'authz_core', 'env', 'setenvif', 'proxy', 'proxy_uwsgi']
  const main = `
ServerRoot ${folder}
ServerName localhost
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
Mutex file:${folder}
ErrorLog ${folder}/error.log
LogLevel info
${ports.map((port) => `Listen 127.0.0.1:${port}`).join('\n')}
StartServers 1
${isRoot ? 'User www-data\nGroup www-data' : ''}
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${hosts}
`
  writeFileSync(join(folder, 'apache.conf'), main)
  const child = spawn(program, ['-D', 'FOREGROUND', '-f', join(folder, 'apache.conf')])
  return running(child, ports[0]!, 'SIGTERM', join(folder, 'error.log'))
}

/** Starts uWSGI with these arguments. */
export async function startUwsgi(
  program: string,
  args: readonly string[],
  ready: number | string,
): Promise<AsyncDisposable> {
  const child = spawn(program, args)
  return running(child, ready, 'SIGINT')
}

async function running(
  child: ChildProcess,
  ready: number | string,
  signal: NodeJS.Signals,
  log?: string,
): Promise<AsyncDisposable> {
  let output = ''
  child.stdout!.on('data', (chunk) => (output += chunk))
  child.stderr!.on('data', (chunk) => (output += chunk))
  const exited = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  for (let tries = 0; !(await accepts(ready)); tries++) {
    if (child.exitCode !== null || tries > 500) {
      await stop()
      throw new Error(
        `${child.spawnargs.join(' ')} did not start: ${output}${log && existsSync(log) ? readFileSync(log, 'utf8') : ''}`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { [Symbol.asyncDispose]: stop }
}

/** Creates a subfolder for one program. */
export function subfolder(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}
