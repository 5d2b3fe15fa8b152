import type { SecurityRequirement } from '@tsgi/core'
import type { MergedMetadata } from './metadata.ts'

/** The security schemes of a document. */
export class SecuritySchemes {
  readonly #schemes = new Map<string, object>()

  /**
   * Collects the schemes of all routes.
   *
   * @throws TypeError if two different schemes have the same name, or a route requires one that nothing declares.
   */
  constructor(routes: readonly MergedMetadata[]) {
    for (const { securitySchemes = {} } of routes) {
      for (const [name, scheme] of Object.entries(securitySchemes)) this.#add(name, scheme)
    }
    for (const { security } of routes) this.check(security)
  }

  /** The `components` of the document: an empty object if no route names a scheme. */
  get component(): { securitySchemes?: Record<string, object> } {
    return this.#schemes.size === 0 ? {} : { securitySchemes: Object.fromEntries(this.#schemes) }
  }

  /** Throws a `TypeError` if a requirement names a scheme that nothing declares. */
  check(security: readonly SecurityRequirement[] = []): void {
    const unknown = security.flatMap(Object.keys).find((name) => !this.#schemes.has(name))
    if (unknown === undefined) return
    throw new TypeError(
      `openapi: security names '${unknown}', which no route declares in securitySchemes. ` +
        `Add describe({ securitySchemes: { ${unknown}: … } }) to the stack`,
    )
  }

  #add(name: string, scheme: object): void {
    const known = this.#schemes.get(name)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(scheme)) {
      throw new TypeError(`openapi: two different security schemes have the name '${name}'`)
    }
    this.#schemes.set(name, scheme)
  }
}
