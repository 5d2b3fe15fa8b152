import { type Form, matchForm } from './form.ts'
import { insert } from './insert.ts'
import { type Entry, type Match, makeNode, type Node } from './node.ts'
import { search } from './search.ts'
import type { Places } from './segment.ts'

/**
 * Finds the most specific form that a path is of.
 *
 * A tree of the text of forms, in which those that begin alike share what they have in common, and of the segments that
 * are not text: a path meets each place in it at most once. Where it goes on in several ways they are tried in the order
 * of specificity, and the first way that leads to the path's end is the answer; it depends on neither the number of
 * routes nor their order.
 */
export class Tree<Route> {
  readonly #root: Node<Route> = makeNode('')
  /** Forms of plain text, by their path: nothing is more specific, and a path is looked up in one step. */
  readonly #texts = new Map<string, Match<Route>>()
  /** How long they are, to spare other paths being hashed: most that have ids in them are longer. */
  readonly #lengths = new Set<number>()
  readonly #routes = new Map<string, Route>()

  /** Adds the forms of one route; returns the other route that matches the same paths as one of them, if there is one. */
  add(route: Route, forms: readonly Form[]): Route | undefined {
    for (const [index, form] of forms.entries()) {
      const other = this.#routes.get(form.shape)
      if (other === route) continue
      if (other !== undefined) return other
      this.#routes.set(form.shape, route)
      const preferred = forms
        .slice(0, index)
        .filter((each) => mayMeet(each, form))
        .map((form) => ({ route, form }))
      if (form.keys.length === 0 && preferred.length === 0) {
        this.#texts.set(form.shape, { route, form })
        this.#lengths.add(form.shape.length)
      } else insert(this.#root, { route, form, preferred })
    }
    return undefined
  }

  /** @param places Where the parameters are is noted here: an array to use again and again, so that a lookup makes none. */
  find(path: string, places: Places): Match<Route> | undefined {
    const text = this.#lengths.has(path.length) ? this.#texts.get(path) : undefined
    if (text !== undefined) return text
    const entry = path.startsWith('/') ? search(this.#root, path, 1, 0, places) : undefined
    return entry === undefined || entry.preferred.length === 0 ? entry : preferredTo(entry, path, places)
  }
}

/** The first of the forms that are preferred to an entry which is the path's as well, or else the entry. */
function preferredTo<Route>(entry: Entry<Route>, path: string, places: Places): Match<Route> {
  return [...entry.preferred, entry].find(({ form }) => matchForm(form, path, places)) ?? entry
}

/** Whether two forms of one pattern may match the same path. */
function mayMeet(a: Form, b: Form): boolean {
  return a.tail !== undefined || b.tail !== undefined || a.segments.length === b.segments.length
}
