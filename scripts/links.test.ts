import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './sources.ts'

const pages = globSync(['*.md', '{packages,examples,bench,conformance,docs,runtimes,decisions}/**/*.md'], {
  cwd: root,
  exclude: ['**/node_modules/**', 'docs/api/**'],
})

describe('links between pages', () => {
  it.each(pages.sort())('of %s lead to existing files and headings', (page) => {
    const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
    const inside = links.filter((target) => !/^[a-z]+:/.test(target))
    expect(inside.filter((target) => !leadsSomewhere(page, target))).toEqual([])
  })
})

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, target))) return false
  if (anchor === undefined) return true
  const file = statSync(join(root, target)).isDirectory() ? join(target, 'README.md') : target
  return anchorsOf(read(file)).includes(anchor)
}

/** Returns the anchors of a page's headings, as GitHub creates them. */
function anchorsOf(markdown: string): string[] {
  const headings = [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```$/gm, '')
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}
