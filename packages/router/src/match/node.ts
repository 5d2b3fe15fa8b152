import type { Form, Tail } from './form.ts'
import type { Segment } from './segment.ts'

/** What a path was found to be: of this form of this route. */
export interface Match<Route> {
  readonly route: Route
  readonly form: Form
}

/** A form in the tree. */
export interface Entry<Route> extends Match<Route> {
  /** Earlier forms of the same pattern that may match the same path: path-to-regexp would prefer them. */
  readonly preferred: readonly Match<Route>[]
}

/** A place in the tree that some text leads to, or the end of a segment with parameters. */
export interface Node<Route> {
  /** The text that leads here from the node before, at least one character of it; empty after parameters. */
  text: string
  /** What goes on with text, by the code of its first character less `first`: no two begin with the same. */
  nexts: (Node<Route> | undefined)[]
  first: number
  /** What ends here. */
  end: Entry<Route> | undefined
  /** What else a segment that begins here may be. Only where the text up to here ends in a slash. */
  segments: Segments<Route> | undefined
}

/** The segments that may begin at one place and are not text alone. */
export interface Segments<Route> {
  /** Text and parameters, by the text it begins with, more specific first. */
  readonly mixed: Map<string, Branch<Route>[]>
  /** The lengths of the keys of `mixed`, longest first. */
  leads: readonly number[]
  /** What goes on after a segment that is a parameter. */
  parameter: Node<Route> | undefined
  /** What has a wildcard in this segment, more specific first. */
  readonly tails: Ending<Route>[]
}

export interface Branch<Route> {
  readonly shape: string
  readonly segment: Segment
  /** What goes on after the segment. */
  readonly node: Node<Route>
}

export interface Ending<Route> {
  readonly shape: string
  readonly tail: Tail
  readonly entry: Entry<Route>
}

export function makeNode<Route>(text: string): Node<Route> {
  return { text, nexts: [], first: 0, end: undefined, segments: undefined }
}
