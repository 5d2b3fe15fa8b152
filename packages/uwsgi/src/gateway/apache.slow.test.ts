import { describe, expect, it } from 'vitest'
import { freePort } from '../../../../scripts/ports.ts'
import { requireProgram } from '../../../../scripts/programs.ts'
import { type Front, frontCases } from '../../test/front-cases.ts'
import { ask } from '../../test/http-client.ts'
import { configuration, startApache, subfolder } from '../../test/programs.ts'

const apache = requireProgram('apache2')

const front: Front = {
  name: 'Apache',
  open: ({ folder, port, socket, tcpPort, backendPort }) =>
    startApache(
      apache!,
      subfolder(folder, 'apache'),
      [port, tcpPort],
      configuration('apache', port, `unix:${socket}`) +
        configuration('apache', tcpPort, `uwsgi://127.0.0.1:${backendPort}/`),
    ),
  passesEncodedSlash: false,
  chunkedStatus: 411,
  reportsImmediately: false,
  showsReset: true,
}

describe.runIf(apache)('behind Apache', () => {
  const places = frontCases(front)

  it('splits SCRIPT_NAME from the path of a mount', async () => {
    const { folder, socket } = places()
    const port = await freePort()
    const hosts = configuration('apache', port, `unix:${socket}`)
      .replace('ProxyPass "/"', 'ProxyPass "/mount"')
      .replace('uwsgi://app/', 'uwsgi://app')
    await using _ = await startApache(apache!, subfolder(folder, 'mounted'), [port], hosts)
    const { body } = await ask(port, '/mount/caf%C3%A9')
    expect(JSON.parse(body.toString())).toMatchObject({ scriptName: '/mount', pathInfo: '/caf%C3%A9' })
  })
})
