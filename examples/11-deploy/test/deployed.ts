/** Deploys the application to a folder, with the files that the Dockerfile copies. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RedisServer } from '../../../scripts/redis-server.ts'
import { folder } from './master.ts'

/** Parses the instructions of the Dockerfile and joins continued lines. */
export function dockerfile(): { readonly instruction: string; readonly text: string }[] {
  return readFileSync(join(folder, 'Dockerfile'), 'utf8')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, instruction, text] = /^([A-Z]+) (.*)$/.exec(line)!
      return { instruction: instruction!, text: text! }
    })
}

/** Returns the files that are copied to the final image. */
export function copiedFiles(): string[] {
  const instructions = dockerfile()
  const last = instructions.findLastIndex(({ instruction }) => instruction === 'FROM')
  return instructions
    .slice(last)
    .filter(({ instruction, text }) => instruction === 'COPY' && !text.startsWith('--from'))
    .flatMap(({ text }) => text.split(' ').slice(0, -1))
}

export class Deployed implements AsyncDisposable {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly #redis: RedisServer

  private constructor(redis: RedisServer) {
    this.#redis = redis
    this.folder = mkdtempSync(join(tmpdir(), 'tsgi-deployed-'))
    for (const file of copiedFiles()) cpSync(join(folder, file), join(this.folder, file))
    const config = join(this.folder, 'tsgi.config.ts')
    writeFileSync(config, readFileSync(config, 'utf8').replace("drainDelay: '5s'", "drainDelay: '2s'"))
    symlinkSync(join(folder, 'node_modules'), join(this.folder, 'node_modules'))
    this.environment = {
      NODE_ENV: 'production',
      REDIS_URL: `unix://${redis.path}`,
      SESSION_SECRET: 'for-the-tests-alone-32-characters',
    }
  }

  static async make(redisServer: string): Promise<Deployed> {
    const redis = new RedisServer(redisServer)
    await redis.start()
    return new Deployed(redis)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#redis[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
