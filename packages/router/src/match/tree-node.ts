import type { Form, Tail } from './pattern-form.ts'
import type { Segment } from './segment.ts'

/** The result of a lookup: the route, and the form of its pattern that the path has. */
export interface Match<Route> {
  readonly route: Route
  readonly form: Form
}

/** A form in the tree. */
export interface Entry<Route> extends Match<Route> {
  /** Earlier forms of the same pattern that may match the same path. path-to-regexp prefers those. */
  readonly preferred: readonly Match<Route>[]
}

/** A place in the tree: the end of some text, or of a segment with parameters. */
export interface Node<Route> {
  /** The text on the edge from the parent, at least one character; empty after a segment with parameters. */
  text: string
  /** The children reached by text, indexed by the code of its first character minus `first`. */
  nexts: (Node<Route> | undefined)[]
  first: number
  /** The form that ends here. */
  end: Entry<Route> | undefined
  /** The segments with parameters that may start here. Set only if the text up to here ends in a slash. */
  segments: Segments<Route> | undefined
}

/** The segments that may start at one place and are not plain text. */
export interface Segments<Route> {
  /** Text with parameters, by the text before the first parameter, more specific ones first. */
  readonly mixed: Map<string, Branch<Route>[]>
  /** The lengths of the keys of `mixed`, longest first. */
  leads: readonly number[]
  /** The node after a segment that is a parameter. */
  parameter: Node<Route> | undefined
  /** The tails whose wildcard is in this segment, more specific ones first. */
  readonly tails: Ending<Route>[]
}

/** A segment of text with parameters, and the node after it. */
export interface Branch<Route> {
  readonly shape: string
  readonly segment: Segment
  readonly node: Node<Route>
}

/** A tail, and the form that ends with it. */
export interface Ending<Route> {
  readonly shape: string
  readonly tail: Tail
  readonly entry: Entry<Route>
}

export function makeNode<Route>(text: string): Node<Route> {
  return { text, nexts: [], first: 0, end: undefined, segments: undefined }
}
