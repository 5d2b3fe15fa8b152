import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../../../server/test/start.ts'
import { Command } from '../../../test/command.ts'

it('the master loads no HTTP code', async () => {
  const file = join(tmpdir(), `tsgi-modules-${process.pid}.json`)
  onTestFinished(() => rmSync(file, { force: true }))
  const preload = join(import.meta.dirname, '../../../test/report-modules.ts')
  using command = new Command(
    { env: { NODE_OPTIONS: `--import ${preload}`, TSGI_TEST_MODULES: file } },
    ...['serve', 'hello.ts', '--http', '127.0.0.1:0', '--workers', '1', '--stats', '127.0.0.1:0'],
  )
  const [url] = await command.addresses()
  expect((await fetch(url!)).status).toBe(200)
  await command.reload()
  command.process.kill('SIGUSR2')
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('}'))
  const { builtin, files } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>
  expect(
    builtin!.filter((name) => /^(?:_?http|https|tls|_tls|internal\/http2|internal\/tls)/.test(name)),
  ).toEqual([])
  expect(files!.some((name) => name.endsWith('/workers/master/master.ts'))).toBe(true)
  const isAllowed = (name: string) =>
    /\/packages\/(?:tsgi|server\/src\/listen|core\/src\/options)\b/.test(name)
  expect(files!.filter((name) => name.includes('/packages/') && !isAllowed(name))).toEqual([])
})
