import { chain, type Middleware, stack, text, withHeaders } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { fields } from '../../works/stack-data.ts'
import { listening } from './listening.ts'

function header(name: string, value: string): Middleware {
  const changes = { [name]: value }
  return (app) => (environ) => chain(app(environ), (response) => withHeaders(response, changes))
}

const web = stack(...fields.map(([name, value]) => header(name, value)))

await serve(
  web(() => text('Hello, World!')),
  listening,
)
