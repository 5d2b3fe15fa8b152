/**
 * Writes packages/core/SPEC.md from the comments beside the linter's checks: `node scripts/spec.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const core = join(import.meta.dirname, '../packages/core')
export const specPath: string = join(core, 'SPEC.md')

const preamble = `# The TSGI specification

The contract between gateways, applications and middleware. The key words MUST, MUST NOT, SHOULD and MAY are those of
RFC 2119.

An **application** is a function of one argument, the environ, that returns a WHATWG \`Response\` or a promise of one.
A **gateway** receives requests and calls an application for each. A **middleware** is a function from application to
application, and so both: an application to the gateway outside, a gateway to the application inside.

\`lint(app)\` checks these rules at run time and names the one that was broken. This page is generated from the comments
beside its checks (\`pnpm spec\`); to change a rule, change both there.
`

/** The specification as the linter's sources state it. */
export function generateSpec(): string {
  const sections = [
    'lint/environ-rules.ts',
    'lint/watch-environ.ts',
    'lint/response-rules.ts',
    'lint/lint.ts',
  ].map((file) => readFileSync(join(core, 'src', file), 'utf8'))
  return `${preamble}\n${format(sections.join('\n'))}`
}

/** The numbers of all rules stated, in order. */
export function ruleNumbers(spec: string): string[] {
  return [...spec.matchAll(/^\*\*([A-Z]\d+)\.\*\* /gm)].map(([, number]) => number!)
}

/** Paragraphs are runs of comment lines that begin with a heading, a rule's number, or follow a heading. */
function format(source: string): string {
  const blocks: string[] = []
  let block: string[] | undefined
  let afterHeading = false
  const end = () => {
    if (block) blocks.push(block.join('\n'))
    block = undefined
  }
  for (const line of source.split('\n')) {
    const comment = /^\s*\/\/ ?(.*)$/.exec(line)?.[1]
    if (comment === undefined) {
      end()
      afterHeading = false
      continue
    }
    if (comment.startsWith('## ')) {
      blocks.push(comment)
      afterHeading = true
    } else if (/^[A-Z]\d+\. /.test(comment)) {
      end()
      block = [comment.replace(/^([A-Z]\d+\.)/, '**$1**')]
    } else if (block) {
      block.push(comment)
    } else if (afterHeading && comment !== '') {
      block = [comment]
    }
  }
  end()
  return `${inOrder(blocks).join('\n\n')}\n`
}

/** Rules that are checked far from their neighbours still stand among them. */
function inOrder(blocks: readonly string[]): string[] {
  const headings = blocks.filter((block) => block.startsWith('## '))
  const letters: Record<string, string> = {
    E: '## The environ',
    A: '## The application',
    R: '## The response',
    B: '## The body',
    M: '## Middleware',
    G: '## Gateways',
  }
  const rules = blocks.filter((block) => block.startsWith('**'))
  return headings.flatMap((heading) => {
    const prose = blocks[blocks.indexOf(heading) + 1]
    const own = rules.filter((rule) => letters[rule[2]!] === heading)
    const numbered = own.sort((a, b) => key(a).localeCompare(key(b), 'en', { numeric: true }))
    return [heading, ...(prose && !prose.startsWith('**') ? [prose] : []), ...numbered]
  })
}

function key(rule: string): string {
  return rule.slice(2, rule.indexOf('.'))
}

if (import.meta.main) writeFileSync(specPath, generateSpec())
