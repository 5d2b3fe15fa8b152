/** Gives each operation of a document a unique id. */
export class OperationIds {
  readonly #taken = new Map<string, string>()

  /**
   * Takes the ids that routes declare themselves.
   *
   * @throws TypeError if two routes declare the same one.
   */
  constructor(routes: Iterable<readonly [id: string | undefined, route: string]>) {
    for (const [id, route] of routes) {
      if (id === undefined) continue
      const other = this.#taken.get(id)
      if (other !== undefined) {
        throw new TypeError(`openapi: '${other}' and '${route}' have the same operationId '${id}'`)
      }
      this.#taken.set(id, route)
    }
  }

  /** Creates an id such as `getUsersId` for `GET /users/{id}`, with a number if it is taken. */
  create(method: string, path: string): string {
    const words = path.match(/[\p{L}\p{N}]+/gu) ?? []
    return this.unique(method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(''), path)
  }

  /** Returns the id, with a number if it is taken. */
  unique(base: string, path: string): string {
    let id = base
    for (let count = 2; this.#taken.has(id); count++) id = `${base}_${count}`
    this.#taken.set(id, path)
    return id
  }
}
