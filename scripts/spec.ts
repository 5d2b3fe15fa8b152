/**
 * Writes packages/core/SPEC.md from the comments next to the linter's checks: `node scripts/spec.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const core = join(import.meta.dirname, '../packages/core')
export const specPath: string = join(core, 'SPEC.md')

const preamble = `# The TSGI specification

Version 1.0. A gateway says which version it implements in \`environ.gateway.specVersion\`. The number changes with this
page, not with a package. A new rule that existing applications already follow raises the minor number; any other change
raises the major number.

This is the contract between gateways, applications and middleware. The key words MUST, MUST NOT, SHOULD and MAY are those
of RFC 2119.

An **application** is a function that takes one argument, the environ, and returns a WHATWG \`Response\` or a promise of one.
A **gateway** receives requests and calls an application for each. A **middleware** is a function that takes an
application and returns an application. It is both: an application to the gateway outside, and a gateway to the application
inside.

\`lint(app)\` checks these rules at run time and names the one that is violated. This page is generated from the comments
next to its checks (\`pnpm spec\`). To change a rule, change both there.

## What is different from WSGI

| WSGI (PEP 3333) | TSGI |
|---|---|
| \`application(environ, start_response)\` returns an iterable of bytes | \`application(environ)\` returns a \`Response\` or a promise of one |
| \`start_response(status, headers)\`, \`write\` | the status and the headers of the \`Response\` |
| \`exc_info\`: an error replaces headers that are not sent yet | an error becomes a response between two layers (M5) |
| the iterable's \`close()\` | the cancellation of the body: \`return()\` of the iterator (G2) |
| \`REQUEST_METHOD\` | \`method\` |
| \`SCRIPT_NAME\`, \`PATH_INFO\`, decoded | \`scriptName\`, \`pathInfo\`, percent-encoded and normalized: \`%2F\` is not \`/\` (E7) |
| \`QUERY_STRING\` | \`queryString\` |
| \`CONTENT_TYPE\`, \`CONTENT_LENGTH\`, \`HTTP_*\` | \`headers\`, a \`Headers\` |
| \`SERVER_NAME\`, \`SERVER_PORT\`, \`HTTP_HOST\` | \`host\`, validated |
| \`SERVER_PROTOCOL\`, \`REMOTE_ADDR\`, \`wsgi.url_scheme\` | \`protocol\`, \`remoteAddress\`, \`scheme\` |
| \`wsgi.input\` | \`request\`, a \`Request\`, and \`readBody\` with a limit |
| \`wsgi.errors\`, a text stream | \`errors.write(problem)\`, which keeps the error and names the request |
| \`wsgi.version\`, \`wsgi.multiprocess\` | \`gateway.specVersion\`, \`gateway.multiprocess\` |
| \`wsgi.multithread\`, \`wsgi.run_once\` | nothing: JavaScript has one thread per environ, and no gateway runs an application only once |
| nothing | \`signal\` (the client has disconnected), \`finished\`, \`waitUntil\`, \`gateway.stopping\`, \`route\`, \`upgrade\` |
| nothing; modules open resources when they are imported | a lifecycle, which the gateway starts and stops (G10) |
| the environ is a dictionary that middleware changes | middleware adds keys with \`extend\`; the keys of the contract cannot be replaced; mounts copy it with \`withPath\` |
| a middleware's needs are documented | a middleware's needs are types: a missing one does not compile |
`

/** Generates the specification from the sources of the linter. */
export function generateSpec(): string {
  const sections = [
    'lint/environ-rules.ts',
    'lint/watch-environ.ts',
    'lint/response-rules.ts',
    'lint/lint.ts',
  ].map((file) => readFileSync(join(core, 'src', file), 'utf8'))
  return `${preamble}\n${format(sections.join('\n'))}`
}

/** Returns the numbers of all rules in order. */
export function ruleNumbers(spec: string): string[] {
  return [...spec.matchAll(/^\*\*([A-Z]\d+)\.\*\* /gm)].map(([, number]) => number!)
}

/** Turns comments into paragraphs: each starts with a heading or a number of a rule, or follows a heading. */
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

/** Sorts the rules by number, because they are not checked in that order. */
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
