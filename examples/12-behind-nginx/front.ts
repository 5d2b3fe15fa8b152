/** Runs nginx with a configuration of this chapter, without root: in a temporary folder and on other ports. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export type ConfigurationName = 'nginx-uwsgi.conf' | 'nginx-http.conf'

/** The address of the application in each configuration. */
const backends: Record<ConfigurationName, string> = {
  'nginx-uwsgi.conf': 'unix:/run/app/uwsgi.sock',
  'nginx-http.conf': 'unix:/run/app/http.sock',
}

/** Returns a configuration with another port on 127.0.0.1 and another address of the application. */
export function configuration(name: ConfigurationName, port: number, backend: string): string {
  const conf = readFileSync(join(import.meta.dirname, name), 'utf8')
  return replace(replace(conf, 'listen 80;', `listen 127.0.0.1:${port};`), backends[name], backend)
}

/** Replaces a part of the text. Throws if the text does not contain it. */
export function replace(text: string, part: string, replacement: string): string {
  if (!text.includes(part)) throw new Error(`there is no '${part}' in the configuration`)
  return text.replaceAll(part, replacement)
}

/** Creates a temporary folder, removed on disposal. */
export function scratch(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'behind-nginx-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Resolves on SIGINT or SIGTERM. */
export async function interrupted(): Promise<void> {
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)))
}

export class Nginx implements AsyncDisposable {
  readonly pid: number
  readonly #process: ChildProcess
  readonly #folder: Disposable

  private constructor(child: ChildProcess, folder: Disposable) {
    this.pid = child.pid!
    this.#process = child
    this.#folder = folder
  }

  /**
   * Starts nginx with these servers and waits until it listens. `launcher` is a command that starts it, such as
   * `taskset`.
   *
   * @throws Error with the output of nginx if it exits.
   */
  static async start(servers: string, launcher: readonly string[] = []): Promise<Nginx> {
    const folder = scratch()
    const file = join(folder.path, 'nginx.conf')
    writeFileSync(file, main(servers, folder.path))
    const [command, ...args] = [...launcher, 'nginx', '-p', folder.path, '-c', file, '-e', 'stderr']
    const child = spawn(command!, args, {
      // Debian installs it in /usr/sbin, which is not on the PATH of users.
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let output = ''
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    let failure: string | undefined
    once(child, 'close').then(
      () => {
        failure = output
      },
      (error) => {
        failure = String(error)
      },
    )
    // nginx writes this file when it listens.
    while (!existsSync(join(folder.path, 'nginx.pid')) && failure === undefined) await setTimeout(10)
    if (failure !== undefined) {
      folder[Symbol.dispose]()
      throw new Error(`nginx did not start: ${failure}`)
    }
    return new Nginx(child, folder)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit')
      this.#process.kill('SIGTERM')
      await exited
    }
    this.#folder[Symbol.dispose]()
  }
}

/** Like Debian's /etc/nginx/nginx.conf, but for one process and without files outside the folder. */
function main(servers: string, folder: string): string {
  const temporary = ['client_body', 'proxy', 'uwsgi', 'fastcgi', 'scgi']
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 1024; }
http {
  access_log off;
  root /var/www/html;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  ${servers.replaceAll('include uwsgi_params;', 'include /etc/nginx/uwsgi_params;')}
}
`
}
