import type { Environ } from './environ.ts'

/** The keys of the contract in an environ. */
export const environKeys: readonly (keyof Environ)[] = [
  'method',
  'scheme',
  'host',
  'scriptName',
  'pathInfo',
  'queryString',
  'headers',
  'protocol',
  'remoteAddress',
  'request',
  'signal',
  'waitUntil',
  'finished',
  'errors',
  'gateway',
  'route',
  'upgrade',
]
