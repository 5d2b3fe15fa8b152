import { type Application, text } from '@tsgi/core'

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
