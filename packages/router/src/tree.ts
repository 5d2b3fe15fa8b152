import { type Form, matchForm, matchTail } from './form.ts'
import { matchSegment, type Segment, segmentEnd } from './segment.ts'
import { compareShapes, leadOf, PARAMETER } from './shape.ts'

/** What a path was found to be. */
export interface Match<Route> {
  readonly route: Route
  readonly form: Form
  /** The text of each of the form's parameters, percent-encoding kept. */
  readonly found: readonly string[]
}

/** A form in the tree. */
interface Entry<Route> {
  readonly route: Route
  readonly form: Form
  /** Earlier forms of the same pattern that may match the same path: path-to-regexp would prefer them. */
  readonly preferred: readonly Form[]
}

interface Node<Route> {
  /** What goes on with a segment of plain text. */
  readonly texts: Map<string, Node<Route>>
  /** What goes on with a segment of text and parameters, by the text it begins with, more specific first. */
  readonly mixed: Map<string, Branch<Route>[]>
  /** The lengths of the keys of `mixed`, longest first. */
  leads: readonly number[]
  /** What goes on with a segment that is a parameter. */
  parameter: Node<Route> | undefined
  /** What ends here. */
  end: Entry<Route> | undefined
  /** What has a wildcard in the next segment, more specific first. */
  readonly tails: Rest<Route>[]
}

interface Branch<Route> {
  readonly shape: string
  readonly segment: Segment
  readonly node: Node<Route>
}

interface Rest<Route> {
  readonly shape: string
  readonly entry: Entry<Route>
}

/**
 * Finds the most specific form that a path is of.
 *
 * A tree of segments: a node stands for the segments before it, so a path meets each node at one place and at most
 * once. Where a node goes on in several ways they are tried in the order of specificity, and the first way that leads
 * to the path's end is the answer; it depends on neither the number of routes nor their order.
 */
export class Tree<Route> {
  readonly #root: Node<Route> = makeNode()
  /** Forms of plain text, by their path: nothing is more specific, and a path is looked up in one step. */
  readonly #texts = new Map<string, Entry<Route>>()
  readonly #routes = new Map<string, Route>()

  /** Adds the forms of one route; returns the other route that matches the same paths as one of them, if there is one. */
  add(route: Route, forms: readonly Form[]): Route | undefined {
    for (const [index, form] of forms.entries()) {
      const other = this.#routes.get(form.shape)
      if (other === route) continue
      if (other !== undefined) return other
      this.#routes.set(form.shape, route)
      this.#insert({ route, form, preferred: forms.slice(0, index).filter((each) => mayMeet(each, form)) })
    }
    return undefined
  }

  find(path: string): Match<Route> | undefined {
    const found: string[] = []
    const entry =
      this.#texts.get(path) ?? (path.startsWith('/') ? search(this.#root, path, 1, found) : undefined)
    if (entry === undefined) return undefined
    for (const form of entry.preferred) {
      const found = matchForm(form, path)
      if (found !== undefined) return { route: entry.route, form, found }
    }
    return { route: entry.route, form: entry.form, found }
  }

  #insert(entry: Entry<Route>): void {
    const { segments, tail, keys, shape } = entry.form
    if (keys.length === 0) {
      this.#texts.set(shape, entry)
      return
    }
    let node = this.#root
    for (const segment of segments) node = follow(node, segment)
    if (tail === undefined) node.end = entry
    else
      insertByShape(node.tails, {
        shape: shape
          .split('/')
          .slice(segments.length + 1)
          .join('/'),
        entry,
      })
  }
}

function search<Route>(
  node: Node<Route>,
  path: string,
  at: number,
  found: string[],
): Entry<Route> | undefined {
  if (at > path.length) return node.end
  const end = segmentEnd(path, at)
  const known = found.length

  const text = node.texts.get(path.slice(at, end))
  if (text !== undefined) {
    const entry = search(text, path, end + 1, found)
    if (entry !== undefined) return entry
    found.length = known
  }
  for (const length of node.leads) {
    for (const { segment, node: next } of node.mixed.get(path.slice(at, at + length)) ?? []) {
      const entry = matchSegment(segment, path, at, end, found)
        ? search(next, path, end + 1, found)
        : undefined
      if (entry !== undefined) return entry
      found.length = known
    }
  }
  if (node.parameter !== undefined && at < end) {
    found.push(path.slice(at, end))
    const entry = search(node.parameter, path, end + 1, found)
    if (entry !== undefined) return entry
    found.length = known
  }
  for (const { entry } of node.tails) {
    if (matchTail(entry.form.tail!, path, at, found)) return entry
    found.length = known
  }
  return undefined
}

/** The node after a segment, made where there is none. */
function follow<Route>(node: Node<Route>, segment: Segment): Node<Route> {
  if (segment.length === 1) {
    const [text] = segment as [string]
    const next = node.texts.get(text) ?? makeNode<Route>()
    node.texts.set(text, next)
    return next
  }
  const shape = segment.join(PARAMETER)
  if (shape === PARAMETER) {
    node.parameter ??= makeNode()
    return node.parameter
  }
  const lead = leadOf(shape)
  const branches = node.mixed.get(lead) ?? []
  const known = branches.find((branch) => branch.shape === shape)
  if (known !== undefined) return known.node
  const branch: Branch<Route> = { shape, segment, node: makeNode() }
  insertByShape(branches, branch)
  node.mixed.set(lead, branches)
  node.leads = [...new Set([...node.leads, lead.length])].sort((a, b) => b - a)
  return branch.node
}

function insertByShape<Item extends { readonly shape: string }>(items: Item[], item: Item): void {
  const index = items.findIndex((each) => compareShapes(item.shape, each.shape) < 0)
  items.splice(index === -1 ? items.length : index, 0, item)
}

/** Whether two forms of one pattern may match the same path. */
function mayMeet(a: Form, b: Form): boolean {
  return a.tail !== undefined || b.tail !== undefined || a.segments.length === b.segments.length
}

function makeNode<Route>(): Node<Route> {
  return { texts: new Map(), mixed: new Map(), leads: [], parameter: undefined, end: undefined, tails: [] }
}
