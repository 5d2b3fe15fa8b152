/** A directed graph: each node with the nodes it points to. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

/** Returns a shortest cycle through each group of nodes that reach each other: `['a', 'b', 'a']`. */
export function cyclesOf(graph: Graph): string[][] {
  const seen = new Set<string>()
  const cycles: string[][] = []
  for (const node of [...graph.keys()].sort()) {
    if (seen.has(node)) continue
    const cycle = shortestPath(graph, node, node)
    if (cycle === undefined) continue
    cycles.push(cycle)
    for (const other of reachable(graph, node)) if (reachable(graph, other).has(node)) seen.add(other)
  }
  return cycles
}

/** Returns the graph of groups: an arrow between two groups where any of their nodes has one. */
export function grouped(graph: Graph, groupOf: (node: string) => string): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>()
  for (const [from, targets] of graph) {
    const group = groups.get(groupOf(from)) ?? new Set()
    groups.set(groupOf(from), group)
    for (const to of targets) if (groupOf(to) !== groupOf(from)) group.add(groupOf(to))
  }
  return groups
}

function shortestPath(graph: Graph, from: string, to: string): string[] | undefined {
  const paths = [[from]]
  const visited = new Set<string>()
  for (const path of paths) {
    for (const next of [...(graph.get(path.at(-1)!) ?? [])].sort()) {
      if (next === to) return [...path, next]
      if (visited.has(next)) continue
      visited.add(next)
      paths.push([...path, next])
    }
  }
  return undefined
}

function reachable(graph: Graph, from: string): Set<string> {
  const found = new Set<string>()
  const waiting = [from]
  for (const node of waiting) {
    for (const next of graph.get(node) ?? []) {
      if (found.has(next)) continue
      found.add(next)
      waiting.push(next)
    }
  }
  return found
}
