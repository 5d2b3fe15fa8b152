import { insert } from './insert.ts'
import { type Form, matchForm } from './pattern-form.ts'
import { search } from './search.ts'
import type { Offsets } from './segment.ts'
import { type Entry, type Match, makeNode, type Node } from './tree-node.ts'

/**
 * Finds the most specific form that matches a path.
 *
 * It is a radix tree over the text of the forms, with branches for the segments that are not plain text. Alternatives are
 * tried in order of specificity, and the first one that reaches the end of the path wins. The cost depends neither on the
 * number of routes nor on their order.
 */
export class Tree<Route> {
  readonly #root: Node<Route> = makeNode('')
  /** The forms of plain text by path. Nothing is more specific, so a single lookup finds them. */
  readonly #texts = new Map<string, Match<Route>>()
  /** The lengths of those paths: most other paths have a different length and need not be hashed. */
  readonly #lengths = new Set<number>()
  readonly #routes = new Map<string, Route>()

  /** Adds the forms of one route. Returns the route that already matches the same paths as one of them, if any. */
  add(route: Route, forms: readonly Form[]): Route | undefined {
    for (const [index, form] of forms.entries()) {
      const other = this.#routes.get(form.shape)
      if (other === route) continue
      if (other !== undefined) return other
      this.#routes.set(form.shape, route)
      const preferred = forms
        .slice(0, index)
        .filter((earlier) => mayOverlap(earlier, form))
        .map((form) => ({ route, form }))
      if (form.keys.length === 0 && preferred.length === 0) {
        this.#texts.set(form.shape, { route, form })
        this.#lengths.add(form.shape.length)
      } else insert(this.#root, { route, form, preferred })
    }
    return undefined
  }

  /** Looks a path up and records the offsets of its parameters in `offsets`, an array that the caller reuses. */
  find(path: string, offsets: Offsets): Match<Route> | undefined {
    const text = this.#lengths.has(path.length) ? this.#texts.get(path) : undefined
    if (text !== undefined) return text
    const entry = path.startsWith('/') ? search(this.#root, path, 1, 0, offsets) : undefined
    return entry === undefined || entry.preferred.length === 0 ? entry : firstMatch(entry, path, offsets)
  }
}

/** Returns the first of the entry's preferred forms that also matches the path, otherwise the entry itself. */
function firstMatch<Route>(entry: Entry<Route>, path: string, offsets: Offsets): Match<Route> {
  return [...entry.preferred, entry].find(({ form }) => matchForm(form, path, offsets)) ?? entry
}

/** Reports whether two forms of one pattern may match the same path. */
function mayOverlap(a: Form, b: Form): boolean {
  return a.tail !== undefined || b.tail !== undefined || a.segments.length === b.segments.length
}
