import type { Segment } from './segment.ts'
import { compareShapes, leadOf, PARAMETER } from './specificity.ts'
import { type Branch, type Entry, makeNode, type Node, type Segments } from './tree-node.ts'

/** Inserts a form into the tree. The root stands for the slash that every form starts with. */
export function insert<Route>(root: Node<Route>, entry: Entry<Route>): void {
  const { segments, tail, shape } = entry.form
  let node = root
  let text = ''
  for (const [index, segment] of segments.entries()) {
    if (index > 0) text += '/'
    if (segment.length === 1) text += segment[0]
    else {
      node = nodeAfterSegment(nodeAfterText(node, text), segment)
      text = ''
    }
  }
  if (tail === undefined) {
    nodeAfterText(node, text).end = entry
    return
  }
  if (segments.length > 0) text += '/'
  const rest = shape.split('/').slice(segments.length + 1)
  insertByShape(segmentsAt(nodeAfterText(node, text)).tails, { shape: rest.join('/'), tail, entry })
}

/** Returns the node that the text leads to, creating it if necessary. */
function nodeAfterText<Route>(node: Node<Route>, text: string): Node<Route> {
  if (text === '') return node
  const code = text.charCodeAt(0)
  const next = node.nexts[code - node.first]
  if (next === undefined) {
    const created = makeNode<Route>(text)
    setNext(node, code, created)
    return created
  }
  const common = commonLength(next.text, text)
  if (common === next.text.length) return nodeAfterText(next, text.slice(common))
  // The texts diverge: a new node takes the part they have in common.
  const between = makeNode<Route>(text.slice(0, common))
  next.text = next.text.slice(common)
  setNext(between, next.text.charCodeAt(0), next)
  setNext(node, code, between)
  return nodeAfterText(between, text.slice(common))
}

/** Returns the node after a segment with parameters, creating it if necessary. */
function nodeAfterSegment<Route>(node: Node<Route>, segment: Segment): Node<Route> {
  const segments = segmentsAt(node)
  const shape = segment.join(PARAMETER)
  if (shape === PARAMETER) {
    segments.parameter ??= makeNode('')
    return segments.parameter
  }
  const lead = leadOf(shape)
  const branches = segments.mixed.get(lead) ?? []
  const known = branches.find((branch) => branch.shape === shape)
  if (known !== undefined) return known.node
  const branch: Branch<Route> = { shape, segment, node: makeNode('') }
  insertByShape(branches, branch)
  segments.mixed.set(lead, branches)
  segments.leads = [...new Set([...segments.leads, lead.length])].sort((a, b) => b - a)
  return branch.node
}

function segmentsAt<Route>(node: Node<Route>): Segments<Route> {
  node.segments ??= { mixed: new Map(), leads: [], parameter: undefined, tails: [] }
  return node.segments
}

function setNext<Route>(node: Node<Route>, code: number, next: Node<Route>): void {
  const { nexts } = node
  const first = nexts.length === 0 ? code : Math.min(code, node.first)
  const length = nexts.length === 0 ? 1 : Math.max(node.first + nexts.length, code + 1) - first
  // An array created at its final length and without holes is the fastest to read.
  node.nexts = Array.from({ length }, (_, index) => nexts[first + index - node.first])
  node.nexts[code - first] = next
  node.first = first
}

function commonLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return length
}

function insertByShape<Item extends { readonly shape: string }>(items: Item[], item: Item): void {
  const index = items.findIndex((each) => compareShapes(item.shape, each.shape) < 0)
  items.splice(index === -1 ? items.length : index, 0, item)
}
