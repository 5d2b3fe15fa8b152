/** A registry on loopback that has the packages of this repository, and gets all others from the usual registry. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../scripts/ports.ts'
import type { Tarball } from './tarballs.ts'

const verdaccio = join(import.meta.dirname, 'node_modules/verdaccio/bin/verdaccio')

export class Registry implements AsyncDisposable {
  readonly url: string
  readonly #process: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.url = url
    this.#process = child
    // In case it is not disposed of.
    process.once('exit', () => child.kill())
  }

  /** Starts an empty registry that keeps its files in a folder. */
  static async start(folder: string): Promise<Registry> {
    const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
    const own = { access: '$all', publish: '$all' }
    const configuration = {
      storage: join(folder, 'storage'),
      uplinks: { npm: { url: upstream } },
      auth: { htpasswd: { file: join(folder, 'htpasswd') } },
      packages: {
        '@tsgi/*': own,
        tsgi: own,
        'create-tsgi': own,
        '**': { access: '$all', proxy: 'npm' },
      },
      web: { enable: false },
      log: { type: 'file', path: join(folder, 'log'), level: 'warn' },
    }
    const file = join(folder, 'verdaccio.yaml')
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(configuration))
    const address = `127.0.0.1:${await freePort()}`
    // The registry of a company may have a certificate that only the system knows.
    const args = ['--use-system-ca', verdaccio, '--config', file, '--listen', address]
    const registry = new Registry(`http://${address}/`, spawn(process.execPath, args, { stdio: 'ignore' }))
    await registry.#ready()
    return registry
  }

  /** Publishes a tarball with the request of `npm publish`, which takes half a second of CPU time for each. */
  async add({ name, version, file }: Tarball): Promise<void> {
    const data = readFileSync(file)
    const attachment = basename(file)
    const text = execFileSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' })
    const dist = {
      integrity: `sha512-${createHash('sha512').update(data).digest('base64')}`,
      shasum: createHash('sha1').update(data).digest('hex'),
      tarball: `${this.url}${name}/-/${attachment}`,
    }
    const response = await fetch(new URL(name.replace('/', '%2f'), this.url), {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: 'Bearer anonymous' },
      body: JSON.stringify({
        _id: name,
        name,
        'dist-tags': { latest: version },
        versions: { [version]: { ...JSON.parse(text), _id: `${name}@${version}`, dist } },
        _attachments: { [attachment]: { data: data.toString('base64'), length: data.length } },
      }),
    })
    if (!response.ok) throw new Error(`verdaccio rejected ${attachment}: ${await response.text()}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#process, 'exit')
    if (this.#process.kill()) await exit
  }

  async #ready(): Promise<void> {
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error('verdaccio did not start')
      try {
        if ((await fetch(new URL('-/ping', this.url))).ok) return
      } catch {
        // It does not listen yet.
      }
      await sleep(50)
    }
  }
}
