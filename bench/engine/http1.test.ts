import type { AddressInfo } from 'node:net'
import { lint } from '@tsgi/core'
import { describeHttp1 } from '../../conformance/http1/suite.ts'
import { engineFor } from './serve.ts'

describeHttp1('the engine', async (app) => {
  const errors: unknown[] = []
  const engine = engineFor(lint(app), { errors: { write: (problem) => errors.push(problem) } })
  await new Promise<void>((resolve) => engine.server.listen(0, '127.0.0.1', resolve))
  const { port } = engine.server.address() as AddressInfo
  return { port, errors, [Symbol.asyncDispose]: () => engine.close() }
})
