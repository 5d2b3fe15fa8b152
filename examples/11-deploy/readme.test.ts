import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folder } from './test/master.ts'

it('has a README that shows the configuration files in the folder', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```(?:ini|dockerfile|nginx)(?: (\S+))?\n([\s\S]*?)^```$/gm)]
  expect(blocks.length).toBeGreaterThan(5)
  for (const [, file, text] of blocks) {
    expect(readFileSync(join(folder, file!), 'utf8'), file).toContain(text)
  }
})
