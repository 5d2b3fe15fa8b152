import { expect, it } from 'vitest'
import { closeInTime, exchangeSettings } from '../../gateway.ts'
import { text } from '../../index.ts'

it('aborts environ.gateway.stopping before it waits for the connections', async () => {
  const settings = exchangeSettings('test', () => text(''), {})
  const ended = Promise.withResolvers<void>()
  // A response that ends on demand.
  settings.stopping.signal.addEventListener('abort', () => ended.resolve())
  await closeInTime(settings, { gracefulTimeout: 60_000, ended: ended.promise, destroy() {} })
  expect(settings.stopping.signal.reason).toMatchObject({ name: 'AbortError' })
})
