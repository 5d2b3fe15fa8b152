import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { expect, it, vi } from 'vitest'
import { devtools } from '../devtools.ts'

const pause = Promise.withResolvers<void>()
vi.mock('node:timers/promises', () => ({ setTimeout: () => pause.promise }))

it('tells an open page once about the requests during the pause between two events', async () => {
  const web = client(devtools()(() => text('')))
  const body = (await web.get('/__tsgi/changes')).body!
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toMatch(/data: \d+-0\n/)
  const second = reader.read()
  for (let n = 0; n < 5; n++) await (await web.get('/')).text()
  pause.resolve()
  const page = await (await web.get('/__tsgi')).text()
  const [, version] = /data-version="(.+?)"/.exec(page)!
  expect((await second).value).toBe(`data: ${version}\n\n`)
  await reader.cancel()
})
