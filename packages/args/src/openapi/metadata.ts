import type { RouteMetadata, SecurityRequirement } from '@tsgi/core'

/** The metadata of all layers of a route as one. */
export type MergedMetadata = Omit<RouteMetadata, 'schemas'>

/** Merges the metadata of the layers of a route, the outermost first. */
export function mergeMetadata(layers: readonly RouteMetadata[]): MergedMetadata {
  return layers.reduce(merge, {})
}

function merge(outer: MergedMetadata, { schemas: _, ...inner }: RouteMetadata): MergedMetadata {
  const tags = [...new Set([...(outer.tags ?? []), ...(inner.tags ?? [])])]
  const security = bothOf(outer.security, inner.security)
  return {
    ...outer,
    ...inner,
    ...(tags.length > 0 && { tags }),
    ...(security && { security }),
    ...(inner.responses && { responses: { ...outer.responses, ...inner.responses } }),
    ...(inner.securitySchemes && {
      securitySchemes: { ...outer.securitySchemes, ...inner.securitySchemes },
    }),
  }
}

/** Returns every combination of a requirement of the outer layer and one of the inner layer. */
function bothOf(
  outer: readonly SecurityRequirement[] | undefined,
  inner: readonly SecurityRequirement[] | undefined,
): readonly SecurityRequirement[] | undefined {
  if (outer === undefined || inner === undefined) return inner ?? outer
  if (inner.length === 0 || outer.length === 0) return inner
  const combined = outer.flatMap((first) => inner.map((second) => joined(first, second)))
  return [...new Map(combined.map((requirement) => [JSON.stringify(requirement), requirement])).values()]
}

function joined(outer: SecurityRequirement, inner: SecurityRequirement): SecurityRequirement {
  const both = Object.entries(inner).map(([name, scopes]) => [
    name,
    [...new Set([...(outer[name] ?? []), ...scopes])],
  ])
  return { ...outer, ...Object.fromEntries(both) }
}
