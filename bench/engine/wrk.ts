import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pinned } from './step-process.ts'
import type { Load } from './steps.ts'

/** Runs wrk with exactly the bytes of a load. */
export class Wrk implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tsgi-wrk-'))
  readonly #script = join(this.#folder, 'load.lua')

  constructor({ request, depth }: Load) {
    // JSON escapes are valid in Lua, too.
    writeFileSync(
      this.#script,
      `local r = ${JSON.stringify(request.repeat(depth))}\nrequest = function() return r end`,
    )
  }

  /** Puts load on a server for a number of seconds. Resolves to the number of responses. */
  async load(port: number, seconds: number): Promise<number> {
    const args = ['-t1', '-c64', `-d${seconds}s`, '-s', this.#script, `http://127.0.0.1:${port}`]
    const { stdout } = await promisify(execFile)(...pinned(1, 'wrk', args))
    const [, requests] = /(\d+) requests in/.exec(stdout) ?? []
    if (requests === undefined || /Socket errors|Non-2xx/.test(stdout))
      throw new Error(`wrk failed:\n${stdout}`)
    return Number(requests)
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true })
  }
}
