import { type Application, asLayer, type Environ, setRoute, withPath } from '@tsgi/core'
import type { CompiledPattern } from './compile-table.ts'
import { isDecodable, readParams, undecodablePath } from './match/decode.ts'
import type { Offsets } from './match/segment.ts'
import type { Tree } from './match/tree.ts'
import type { Match } from './match/tree-node.ts'
import { mountedEnviron } from './mount.ts'

/** Creates the application that finds the route of a request in the tree and calls it, or the fallback if nothing matches. */
export function dispatcher(tree: Tree<CompiledPattern>, fallback: Application): Application {
  // Reused by all lookups: the offsets are read before anything else runs.
  const offsets: Offsets = []
  const otherwise = asLayer(fallback, { kind: 'application', name: fallback.name })
  return function router(environ) {
    const { method, pathInfo } = environ
    const match = tree.find(pathInfo === '' ? '/' : pathInfo, offsets)
    if (match === undefined) {
      setRoute(environ, undefined)
      if (!isDecodable(pathInfo)) throw undecodablePath()
      return otherwise(environ)
    }
    setRoute(environ, routePattern(environ, match.route.pattern))
    return match.route.methods.applicationFor(method)(routeEnviron(environ, match, offsets) as never)
  }
}

/** Returns what the pattern adds to `environ.route`: nothing for the `/` of a router that is mounted at the whole path. */
function routePattern({ scriptName, pathInfo }: Environ, pattern: string): string {
  return pattern === '/' && pathInfo === '' && scriptName !== '' ? '' : pattern
}

/**
 * Returns the environ of the matched application. It is always a copy: the caller of the router may pass the same environ
 * to another router, which must not see these parameters.
 */
function routeEnviron(
  environ: Environ & { readonly params?: unknown },
  { route, form }: Match<CompiledPattern>,
  offsets: Offsets,
): Environ {
  const { scriptName, pathInfo, params: outer } = environ
  const params = readParams(form.keys, pathInfo, offsets, outer)
  const inner: Environ & { params?: unknown } =
    route.mount === undefined
      ? withPath(environ, { scriptName, pathInfo })
      : mountedEnviron(
          environ,
          route.mount,
          form.endsInWildcard ? offsets[2 * form.keys.length - 2] : undefined,
        )
  inner.params = params
  return inner
}
