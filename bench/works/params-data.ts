/** The 100 routes of the work `params`: twenty resources with five routes each, as an API has them. */

export interface RouteOfTable {
  resource: string
  /** `:name` is a parameter, as in all the routers compared. */
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

/** A route of text alone stands before the one that would take its path too: some routers try them in order. */
export const routes: readonly RouteOfTable[] = resources.flatMap((resource) =>
  [
    `/api/v1/${resource}`,
    `/api/v1/${resource}/search`,
    `/api/v1/${resource}/:id`,
    `/api/v1/${resource}/:id/history`,
    `/api/v1/${resource}/:id/comments/:comment`,
  ].map((pattern) => ({ resource, pattern })),
)

/** What every route answers, as JSON: the resource, and the parameters there are, decoded, in the path's order. */
export interface RouteAnswer {
  resource: string
  id?: string
  comment?: string
}
