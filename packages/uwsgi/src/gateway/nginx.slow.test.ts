import { describe, expect, it } from 'vitest'
import { freePort } from '../../../../scripts/ports.ts'
import { requireProgram } from '../../../../scripts/programs.ts'
import { type Front, frontCases } from '../../test/front-cases.ts'
import { ask } from '../../test/http-client.ts'
import { configuration, startNginx, subfolder } from '../../test/programs.ts'

const nginx = requireProgram('nginx')

const front: Front = {
  name: 'nginx',
  open: ({ folder, port, socket, tcpPort, backendPort }) =>
    startNginx(
      nginx!,
      subfolder(folder, 'nginx'),
      port,
      configuration('nginx', port, `unix:${socket}`) +
        configuration('nginx', tcpPort, `127.0.0.1:${backendPort}`),
    ),
  passesEncodedSlash: true,
  chunkedStatus: 200,
  reportsImmediately: true,
  showsReset: true,
}

describe.runIf(nginx)('behind nginx', () => {
  const places = frontCases(front)

  it('splits SCRIPT_NAME from the path of a mount', async () => {
    const { folder, socket } = places()
    const port = await freePort()
    const servers = configuration('nginx', port, `unix:${socket}`).replace(
      'location / {',
      'location /mount { uwsgi_param SCRIPT_NAME /mount;',
    )
    await using _ = await startNginx(nginx!, subfolder(folder, 'mounted'), port, servers)
    const { body } = await ask(port, '/mount/a%2Fb')
    expect(JSON.parse(body.toString())).toMatchObject({ scriptName: '/mount', pathInfo: '/a%2Fb' })
  })
})
