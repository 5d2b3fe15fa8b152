import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { requireProgram } from '../../../../scripts/programs.ts'
import { type Front, frontCases } from '../../test/front-cases.ts'
import { startUwsgi } from '../../test/programs.ts'

const uwsgi = requireProgram('uwsgi')

const front: Front = {
  name: "uWSGI's router",
  async open({ port, socket, tcpPort, backendPort }) {
    const first = await router(port, socket)
    const second = await router(tcpPort, `127.0.0.1:${backendPort}`)
    return {
      async [Symbol.asyncDispose]() {
        await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
      },
    }
  },
  passesEncodedSlash: true,
  chunkedStatus: 411,
  reportsImmediately: true,
  showsReset: false,
}

function router(port: number, target: string): Promise<AsyncDisposable> {
  const size = ['--buffer-size', '65535']
  return startUwsgi(
    uwsgi!,
    ['--plugins', 'http', '--master', '--http', `127.0.0.1:${port}`, '--http-to', target, ...size],
    port,
  )
}

describe.runIf(uwsgi)("behind uWSGI's router", () => {
  const places = frontCases(front)

  it('responds to a ping of uWSGI', async () => {
    // The command fails unless it gets the expected response.
    const ping = promisify(execFile)(uwsgi!, ['--plugins', 'ping', '--ping', places().socket])
    expect((await ping).stderr).toContain('PING uwsgi host')
  })
})
