import { getRouterParams, H3, serve } from 'h3'
import { routes } from '../../works/params-data.ts'

const app = new H3()

for (const { resource, pattern } of routes)
  app.get(pattern, (event) => ({ resource, ...getRouterParams(event, { decode: true }) }))

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
