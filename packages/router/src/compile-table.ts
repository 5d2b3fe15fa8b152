import { describe } from '@tsgi/core/options'
import { type BuildPath, pathBuilder } from './href.ts'
import { formsOf, parsePattern } from './match/pattern.ts'
import type { Form } from './match/pattern-form.ts'
import { Tree } from './match/tree.ts'
import { type Methods, readMethods } from './methods.ts'
import { type Mount, mountOf } from './mount.ts'

/** One pattern of a table, with everything that is known before a request. */
export interface CompiledPattern {
  readonly pattern: string
  readonly forms: readonly Form[]
  readonly methods: Methods
  /** Set if the pattern mounts its applications. */
  readonly mount: Mount | undefined
  readonly href: BuildPath
}

/** A table, indexed by pattern and by path. */
export interface CompiledTable {
  readonly patterns: ReadonlyMap<string, CompiledPattern>
  readonly tree: Tree<CompiledPattern>
}

/** @throws TypeError if the table or one of its entries is invalid, or if two patterns match the same paths. */
export function compileTable(table: unknown): CompiledTable {
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    throw new TypeError(`router: table must be an object whose keys are patterns, got ${describe(table)}`)
  }
  const patterns = new Map<string, CompiledPattern>()
  const tree = new Tree<CompiledPattern>()
  for (const [pattern, value] of Object.entries(table)) {
    const compiled = compilePattern(pattern, value)
    const other = tree.add(compiled, compiled.forms)
    if (other !== undefined) {
      throw new TypeError(`router: '${other.pattern}' and '${pattern}' match the same paths`)
    }
    patterns.set(pattern, compiled)
  }
  return { patterns, tree }
}

function compilePattern(pattern: string, value: unknown): CompiledPattern {
  const data = parsePattern(pattern)
  const forms = formsOf(data)
  return {
    pattern,
    forms,
    methods: readMethods(pattern, value),
    mount: mountOf(pattern, forms),
    href: pathBuilder(data),
  }
}
