import { stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { expect, it } from 'vitest'
import { application, Goodbye, goodbye, hello } from './goodbye.ts'

it('replaces Hello with Goodbye', async () => {
  const response = await client(application).get('/')
  expect(await response.text()).toBe('Goodbye world')
})

it('works as a class', async () => {
  const response = await client(new Goodbye(hello).application).get('/')
  expect(await response.text()).toBe('Goodbye world')
})

it('keeps the status and cookies, and drops the length of the old body', async () => {
  const app = () => text('Hello', { status: 201, headers: { 'content-length': '5', 'set-cookie': 'a=1' } })
  const response = await client(goodbye(app)).get('/')
  expect(response.status).toBe(201)
  expect(response.headers.get('content-length')).toBeNull()
  expect(response.headers.getSetCookie()).toEqual(['a=1'])
})

it('can be stacked', async () => {
  const response = await client(stack(goodbye, goodbye)(hello)).get('/')
  expect(await response.text()).toBe('Goodbye world')
})
