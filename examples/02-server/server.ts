import { type Application, text } from '@tsgi/core'
import { serve } from '@tsgi/server'

export const application: Application = ({
  method,
  scheme,
  host,
  scriptName,
  pathInfo,
  queryString,
  protocol,
}) =>
  text(
    Object.entries({ method, scheme, host, scriptName, pathInfo, queryString, protocol })
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  )

if (import.meta.main) {
  const server = await serve(application, { listen: 'http://localhost:8000' })
  console.log(`Serving on ${server.addresses.join(', ')}`)
}
