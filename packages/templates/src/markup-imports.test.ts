import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** What a module and the modules beside it import from elsewhere. */
function imports(file: string, seen = new Set<string>()): Set<string> {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8').replaceAll(/^\s*\*.*$/gm, '')
  for (const [, name = ''] of source.matchAll(/\bfrom '([^']+)'/g)) {
    if (seen.has(name)) continue
    seen.add(name)
    if (name.startsWith('.')) imports(name, seen)
  }
  return seen
}

it('markup needs neither an engine nor a file system', () => {
  const outside = (file: string) => [...imports(file)].filter((name) => !name.startsWith('.')).sort()
  expect(outside('./markup.ts')).toEqual(['@tsgi/core'])
  expect(outside('./templates.ts')).toContain('eta')
})
