import { describe, expect, it } from 'vitest'
import { until } from '../../../server/test/start.ts'
import { Command } from '../../test/command.ts'

const names = [
  ...['text', 'nothing', 'throws', 'throws-text', 'rejects', 'streams', 'streams-first', 'number', 'length'],
  ...['later', 'writes', 'never'],
]

describe.each([[[]], [['--workers', '1']]])('tsgi serve %j', (flags) => {
  it('begins each report with the method, path, route and id of the request', async () => {
    using command = new Command(
      ...['serve', 'faulty.ts', '--http', '127.0.0.1:0', '--access-log', 'json', '--request-timeout', '0.3s'],
      ...flags,
    )
    const [url] = await command.addresses()
    for (const name of names) {
      await fetch(`${url}/${name}/7?secret`)
        .then((response) => response.text())
        .catch(() => {})
      const report = new RegExp(`^GET /${name}/7 \\(/${name}/:id, request ([\\w-]+)\\): \\S`, 'm')
      await until(() => report.test(command.stderr))
      const [, id] = report.exec(command.stderr)!
      // The access log has the same id.
      await until(() => command.stdout.includes(`${id}`))
    }
    expect(command.stderr).not.toContain('secret')
  })
})
