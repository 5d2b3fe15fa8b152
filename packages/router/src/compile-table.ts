import { hrefOf } from './href.ts'
import type { Form } from './match/form.ts'
import { formsOf, parsePattern } from './match/pattern.ts'
import { Tree } from './match/tree.ts'
import { type Methods, methodsOf } from './methods.ts'
import { isMount } from './mount.ts'

/** One pattern of a table, with all that can be known before a request. */
export interface Compiled {
  readonly pattern: string
  readonly forms: readonly Form[]
  readonly methods: Methods
  /** Whether the path moves for its applications; see mount.ts. */
  readonly mount: boolean
  readonly href: (params?: Readonly<Record<string, unknown>>) => string
}

/** A table, by pattern and by path. */
export interface CompiledTable {
  readonly patterns: ReadonlyMap<string, Compiled>
  readonly tree: Tree<Compiled>
}

/** @throws TypeError, naming what is wrong, where the table is none, or two patterns match the same paths. */
export function compileTable(table: unknown): CompiledTable {
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    throw new TypeError('router: table must be an object whose keys are patterns')
  }
  const patterns = new Map<string, Compiled>()
  const tree = new Tree<Compiled>()
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

function compilePattern(pattern: string, value: unknown): Compiled {
  const data = parsePattern(pattern)
  const forms = formsOf(data)
  return {
    pattern,
    forms,
    methods: methodsOf(pattern, value),
    mount: isMount(data.tokens, forms),
    href: hrefOf(data),
  }
}
