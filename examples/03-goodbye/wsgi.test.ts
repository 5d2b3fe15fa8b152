import { stream } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { toWsgi, validator, wsgi } from '@tsgi/wsgi'
import { expect, it } from 'vitest'
import { application, goodbye, hello } from './wsgi.ts'

it('replaces Hello with Goodbye in the response of a WSGI application', async () => {
  const response = await client(application).get('/')
  expect(await response.text()).toBe('Goodbye world')
})

it('follows PEP 3333 on both sides', async () => {
  const checked = validator(goodbye(validator(hello)))
  expect(await (await client(wsgi(checked)).get('/')).text()).toBe('Goodbye world')
})

it('changes each block of a streamed response', async () => {
  const app = toWsgi(() => stream(['Hello world, ', 'Hello moon']))
  const response = await client(wsgi(goodbye(app))).get('/')
  expect(await response.text()).toBe('Goodbye world, Goodbye moon')
})
