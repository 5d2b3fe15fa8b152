import { lint } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { expect, it } from 'vitest'
import { application } from './app.ts'

it('responds with the environ that the server passed to it', async () => {
  await using server = await serve(lint(application), { listen: 'http://127.0.0.1:0' })
  const [url] = server.addresses
  const response = await fetch(`${url}/users/ada?page=2`)
  expect(await response.text()).toBe(
    `method: GET
scheme: http
host: ${new URL(url!).host}
scriptName: 
pathInfo: /users/ada
queryString: page=2
protocol: HTTP/1.1
`,
  )
})
