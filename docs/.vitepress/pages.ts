/**
 * Which Markdown files of the repository are pages of the site, and where. Pages are written to be read on GitHub, too, so
 * their links lead to files; here they become links to pages, or to GitHub.
 */
import { existsSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

export const root: string = join(import.meta.dirname, '../..')
export const repository = 'https://github.com/tsgi/tsgi'

/** Patterns of sources, and the pages that they become. The first one that matches counts. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^docs\/(.+)$/, '$1'],
  [/^examples\/([^/]+)\/README\.md$/, 'tutorial/$1.md'],
  [/^packages\/README\.md$/, 'packages/index.md'],
  [/^packages\/([^/]+)\/README\.md$/, 'packages/$1.md'],
  [/^packages\/core\/SPEC\.md$/, 'spec.md'],
  [/^decisions\/README\.md$/, 'decisions/index.md'],
  [/^decisions\/(.+)$/, 'decisions/$1'],
  [/^runtimes\/README\.md$/, 'runtimes.md'],
  [/^bench\/README\.md$/, 'performance.md'],
]

/** Returns the page that a Markdown file becomes, such as `tutorial/01-hello.md`, or `undefined` if it is not a page. */
export function pageOf(source: string): string | undefined {
  if (/(?:^|\/)(?:node_modules|dist|\.vitepress|\.examples|create-tsgi\/templates)\//.test(source))
    return undefined
  const [pattern, page] = rules.find(([pattern]) => pattern.test(source)) ?? []
  return pattern && source.replace(pattern, page!)
}

/**
 * Returns the target of a link on the site.
 *
 * @param source The file that has the link, such as `examples/01-hello/README.md`.
 * @param href The link as written, such as `../../packages/core/README.md#the-environ`.
 */
export function linkOnSite(source: string, href: string): string {
  if (/^(?:[a-z][a-z+.-]*:|\/|#)/i.test(href)) return href
  const [path = '', fragment] = href.split('#')
  const target = posix.join(dirname(source), path).replace(/\/$/, '')
  const hash = fragment === undefined ? '' : `#${fragment}`
  const folder = existsSync(join(root, target)) && statSync(join(root, target)).isDirectory()
  const page = pageOf(folder ? `${target}/README.md` : target)
  if (page !== undefined && existsSync(join(root, folder ? `${target}/README.md` : target))) {
    return `/${page.replace(/(?:^|(?<=\/))index\.md$/, '').replace(/\.md$/, '')}${hash}`
  }
  return `${repository}/${folder ? 'tree' : 'blob'}/main/${target}${hash}`
}

/** Returns the anchor of a heading, as GitHub creates it, so that the same links work in both places. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}
