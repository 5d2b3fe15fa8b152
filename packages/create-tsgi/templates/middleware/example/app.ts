/** An application that uses the middleware. */
import { stack, text } from '@tsgi/core'
import { requestId } from '../src/request-id.ts'

const web = stack(requestId())

export const application = web(({ requestId }) => text(`This is request ${requestId}.\n`))
