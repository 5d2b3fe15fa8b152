/** The 100 routes of the work `params`: twenty resources with five routes each, as in an API. */

export interface RouteOfTable {
  resource: string
  /** The pattern. `:name` is a parameter in all compared routers. */
  pattern: string
}

const resources = [
  'accounts',
  'articles',
  'customers',
  'documents',
  'events',
  'folders',
  'groups',
  'invoices',
  'jobs',
  'keys',
  'locations',
  'messages',
  'notifications',
  'orders',
  'payments',
  'products',
  'projects',
  'teams',
  'tickets',
  'users',
]

/** Static routes come before parameters that match the same path, because some routers try them in order. */
export const routes: readonly RouteOfTable[] = resources.flatMap((resource) =>
  [
    `/api/v1/${resource}`,
    `/api/v1/${resource}/search`,
    `/api/v1/${resource}/:id`,
    `/api/v1/${resource}/:id/history`,
    `/api/v1/${resource}/:id/comments/:comment`,
  ].map((pattern) => ({ resource, pattern })),
)

/** The JSON that a route returns: the resource and the decoded parameters, in the order of the path. */
export interface RouteAnswer {
  resource: string
  id?: string
  comment?: string
}
