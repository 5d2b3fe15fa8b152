import { client } from '@tsgi/core/testing'
import { expect, it } from 'vitest'
import { application } from './app.ts'

const web = client(application)

it('shows the environ', async () => {
  const response = await web.get('https://example.org/users?page=2')
  expect(await response.text()).toContain(
    'scheme: https\nhost: example.org\nremoteAddress: 127.0.0.1\nscriptName: \npathInfo: /users\nqueryString: page=2\n',
  )
})

it('digests an empty body', async () => {
  expect(await (await web.post('/digest')).text()).toMatch(/^e3b0c44298fc1c14/)
})
