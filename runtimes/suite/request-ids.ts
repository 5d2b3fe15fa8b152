import { equal, match } from 'node:assert/strict'
import { cases } from './site.ts'

export const requestIds = cases('Request ids', {
  'the application, its streams and the client have the same id': async (site) => {
    const response = await site.fetch('/request-id')
    const id = response.headers.get('x-request-id') ?? ''
    match(id, /^[\da-f-]{36}$/)
    equal(await response.text(), `${id} ${id}`)
  },
})
