/** Runs the commands of the Dockerfile on the files that it copies, without Docker. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/ports.ts'
import { requireProgram } from '../../scripts/programs.ts'
import { copiedFiles, Deployed, dockerfile } from './test/deployed.ts'
import { folder, Master } from './test/master.ts'
import { ask } from './test/visitor.ts'

const redis = requireProgram('redis-server')
const run = promisify(execFile)

/** Returns the arguments of the last instruction with this name. */
const last = (name: string) => dockerfile().findLast(({ instruction }) => instruction === name)?.text ?? ''

describe('the Dockerfile', () => {
  it('copies existing files, and .dockerignore excludes all others', () => {
    const files = copiedFiles()
    for (const file of files) expect(existsSync(join(folder, file)), file).toBe(true)
    const [all, ...allowed] = readFileSync(join(folder, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(all).toBe('*')
    expect(allowed.sort()).toEqual([...files, 'package-lock.json'].map((file) => `!${file}`).sort())
  })

  it('does not run as root', () => {
    expect(last('USER')).toBe('node')
  })
})

describe.runIf(redis)('the container', () => {
  it('serves, is healthy until it receives SIGTERM, and then stops', async () => {
    await using deployed = await Deployed.make(redis!)
    const port = await freePort()
    const words = (text: string): string[] =>
      JSON.parse(text.slice(text.indexOf('['))).map((word: string) => word.replace(':8000', `:${port}`))
    const [command, ...args] = words(last('CMD'))
    const [program, ...checkArgs] = words(last('HEALTHCHECK'))
    const healthy = () =>
      run(program!, checkArgs).then(
        () => true,
        () => false,
      )
    expect(await healthy()).toBe(false)

    await using master = new Master(join(deployed.folder, command!), args, {
      cwd: deployed.folder,
      environment: deployed.environment,
    })
    await master.printed('tsgi: master')
    expect(await healthy()).toBe(true)
    expect((await ask(`http://127.0.0.1:${port}/`)).status).toBe(200)

    master.signal(last('STOPSIGNAL') as NodeJS.Signals)
    await master.printed('stopping')
    expect(await healthy()).toBe(false)
    expect((await ask(`http://127.0.0.1:${port}/`)).status).toBe(200)
    expect(await master.exit).toBe(0)
  }, 60_000)
})
