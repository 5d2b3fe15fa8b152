import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const readme = file('README.md')

it.each(['nginx', 'apache'])('the README shows the tested configuration of %s', (name) => {
  expect(readme).toContain(`\`\`\`${name}\n${file(`test/${name}.conf`)}\`\`\`\n`)
})
