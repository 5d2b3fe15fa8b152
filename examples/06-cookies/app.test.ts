import { randomBytes } from 'node:crypto'
import { cookies } from '@tsgi/cookies'
import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { expect, it } from 'vitest'
import { application, game } from './app.ts'

const https = { baseUrl: 'https://localhost' }

it('remembers a name until it is deleted', async () => {
  const browser = client(application)
  await browser.put('/name', { form: { name: 'Ada' } })
  expect(await (await browser.get('/')).text()).toBe('Hello Ada\n')

  await browser.delete('/name')
  expect(await (await browser.get('/')).text()).toBe('Hello stranger\n')
})

it('sets safe attributes, including Secure over HTTPS', async () => {
  const http = await client(application).put('/name', { form: { name: 'Ada' } })
  expect(http.headers.getSetCookie()).toEqual(['name=Ada; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax'])
  const tls = await client(application, https).put('/name', { form: { name: 'Ada' } })
  expect(tls.headers.getSetCookie()[0]).toContain('; Secure')
})

it('enforces the rules of a name prefix at compile time and at run time', async () => {
  const sets = cookies()(({ cookies }) => {
    // @ts-expect-error a '__Host-' cookie allows no domain
    cookies.set('__Host-number', '7', { domain: 'example.org' })
    return text('')
  })
  const browser = client(sets, { errors: { write() {} } })
  expect((await browser.get('/')).status).toBe(500)
  expect(String(browser.errors[0])).toContain('__Host-number')
})

it('says at which try the guess was right', async () => {
  const browser = client(application, https)
  await browser.post('/number')
  const answers: string[] = []
  for (let guess = 1; guess <= 9; guess++) answers.push(await (await browser.post(`/number/${guess}`)).text())
  const right = answers.findIndex((answer) => answer.startsWith('Right'))
  expect(answers[right]).toBe(`Right (try ${right + 1})\n`)
  expect(answers.toSpliced(right, 1).every((answer) => answer.startsWith('Wrong'))).toBe(true)
})

it('hides the number and rejects a changed number of tries', async () => {
  const browser = client(application, https)
  await browser.post('/number')
  expect(browser.cookies.get('__Host-number')).not.toMatch(/^\d+$/)

  const [header, claims = '', signature] = browser.cookies.get('tries')!.split('.')
  const forged = Buffer.from(claims, 'base64url').toString().replace('"value":"0"', '"value":"-7"')
  browser.cookies.set('tries', [header, Buffer.from(forged).toString('base64url'), signature].join('.'))
  expect((await browser.post('/number/1')).status).toBe(409)
})

it('accepts an old cookie if a client sends it again', async () => {
  const browser = client(application, https)
  await browser.post('/number')
  const fresh = browser.cookies.get('tries')!
  for (let round = 0; round < 3; round++) {
    browser.cookies.set('tries', fresh)
    expect(await (await browser.post('/number/none')).text()).toBe('Wrong (try 1)\n')
  }
})

it('reads cookies that were sealed with an older secret', async () => {
  const [newest = '', older = ''] = [1, 2].map(() => randomBytes(32).toString('base64url'))
  const before = client(game([older]), https)
  await before.post('/number')

  const after = client(game([newest, older]), https)
  const never = client(game([newest]), https)
  for (const name of ['__Host-number', 'tries']) {
    after.cookies.set(name, before.cookies.get(name)!)
    never.cookies.set(name, before.cookies.get(name)!)
  }
  expect((await after.post('/number/1')).status).toBe(200)
  expect((await never.post('/number/1')).status).toBe(409)
})
