import { expect, it } from 'vitest'
import { type ConnectMiddleware, connect } from './index.ts'

it('rejects an error handler', () => {
  const handler = (_err: unknown, _req: unknown, _res: unknown, _next: unknown) => {}
  expect(() => connect(handler as unknown as ConnectMiddleware)).toThrow(
    /^connect: an error handler \(err, req, res, next\) is not middleware\. Mount it inside an Express application/,
  )
})

it('rejects anything but a function', () => {
  expect(() => connect({} as ConnectMiddleware)).toThrow(
    new TypeError('connect: middleware must be a function (req, res, next), got an instance of Object'),
  )
})
