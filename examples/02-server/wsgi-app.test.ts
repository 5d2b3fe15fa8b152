import { validator } from '@tsgi/wsgi'
import { makeServer } from '@tsgi/wsgi/simple-server'
import { expect, it } from 'vitest'
import { application } from './wsgi-app.ts'

it('says hello through a WSGI server', async () => {
  const server = makeServer('127.0.0.1', 0, validator(application))
  const served = server.serveForever()
  const response = await fetch(await server.address)
  expect(response.headers.get('content-type')).toBe('text/html')
  expect(await response.text()).toBe('<h1>Hello world</h1>')
  await server.shutdown()
  await served
})
