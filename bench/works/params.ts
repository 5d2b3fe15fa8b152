import type { Exchange } from '../harness/exchange.ts'
import { httpWork } from '../harness/http-work.ts'
import { type RouteAnswer, routes } from './params-data.ts'

/** A table of 100 routes: the cost of finding one and reading its parameters. */
export const params = httpWork({
  name: 'params',
  about: 'GET on one of 100 routes returns its path parameters as JSON; ten paths in turn.',
  targets: [
    { figure: 'requests/s', against: 'best peer', atLeast: 1 },
    { figure: 'requests/s', of: 'tsgi (engine)', against: 'best peer', atLeast: 1.4 },
  ],
  requests: [
    get('users', '/:id', { id: '42' }),
    get('articles', '/:id', { id: 'why-trees-are-tall' }),
    get('orders', '/:id/comments/:comment', { id: '20317', comment: '3' }),
    get('teams', '/:id', { id: '7' }),
    get('invoices', '/:id/history', { id: 'RE-2041' }),
    get('products', '/:id', { id: 'Kaffeemühle' }),
    get('accounts', '/:id/comments/:comment', { id: '1', comment: '2' }),
    get('tickets', '/:id', { id: '98213' }),
    get('messages', '/:id/history', { id: '1b4e28ba' }),
    get('users', '/:id/comments/:comment', { id: '42', comment: '1081' }),
  ],
  alsoChecked: [
    ...routes.map(({ resource, pattern }) =>
      get(resource, pattern.slice(`/api/v1/${resource}`.length), {
        ...(pattern.includes(':id') && { id: 'a b' }),
        ...(pattern.includes(':comment') && { comment: '7' }),
      }),
    ),
    { path: '/api/v1/nothing/7', answer: { status: 404 } },
  ],
})

function get(resource: string, rest: string, params: Omit<RouteAnswer, 'resource'>): Exchange {
  const path = rest.replace(/:(\w+)/g, (_, name: keyof typeof params) =>
    encodeURIComponent(params[name] ?? ''),
  )
  return {
    path: `/api/v1/${resource}${path}`,
    answer: { status: 200, type: 'application/json', body: JSON.stringify({ resource, ...params }) },
  }
}
