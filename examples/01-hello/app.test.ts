import { client } from '@tsgi/core/testing'
import { expect, it } from 'vitest'
import { application } from './app.ts'

it('says hello on every path', async () => {
  for (const path of ['/', '/anything?at=all']) {
    const response = await client(application).get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toBe('<h1>Hello world</h1>')
  }
})
