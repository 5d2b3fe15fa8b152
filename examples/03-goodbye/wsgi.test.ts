import { stream } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { toWsgi, validator, wsgi } from '@tsgi/wsgi'
import { expect, it } from 'vitest'
import { application, goodbye, hello } from './wsgi.ts'

it('says goodbye around a callable that says hello', async () => {
  const response = await client(application).get('/')
  expect(await response.text()).toBe('Goodbye world')
})

it('keeps the rules of WSGI on both sides', async () => {
  const checked = validator(goodbye(validator(hello)))
  expect(await (await client(wsgi(checked)).get('/')).text()).toBe('Goodbye world')
})

it('stands around any application, block by block', async () => {
  const app = toWsgi(() => stream(['Hello world, ', 'Hello moon']))
  const response = await client(wsgi(goodbye(app))).get('/')
  expect(await response.text()).toBe('Goodbye world, Goodbye moon')
})
