import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './sources.ts'

const chapters = globSync('examples/*/README.md', { cwd: root })
  .map((file) => file.split('/')[1]!)
  .sort()

describe('the tutorial', () => {
  it('has the chapters that the README lists, in order', () => {
    const contents = readFileSync(join(root, 'README.md'), 'utf8')
    const listed = [...contents.matchAll(/\]\(examples\/([\w-]+)\)/g)].map(([, chapter]) => chapter)
    expect(listed).toEqual(chapters)
  })

  it('puts a Node that runs TypeScript on the PATH in chapter 1, whichever is installed', () => {
    const readme = readFileSync(join(root, 'examples/01-hello/README.md'), 'utf8')
    const [line = ''] = /^export PATH=.*$/m.exec(readme) ?? []
    const command = `${line}\nnode --print process.features.typescript`
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
    expect(execFileSync('sh', ['-c', command], { cwd: root, env, encoding: 'utf8' })).toBe('strip\n')
  })

  it.each(chapters)('%s has a test, and leads to the next chapter', (chapter) => {
    expect(globSync('*.test.ts', { cwd: join(root, 'examples', chapter) })).not.toEqual([])
    const next = chapters[chapters.indexOf(chapter) + 1]
    if (next)
      expect(readFileSync(join(root, 'examples', chapter, 'README.md'), 'utf8')).toContain(`](../${next})`)
  })

  it.each(chapters)(
    '%s names each file before its first block, because GitHub does not show the name',
    (chapter) => {
      const readme = readFileSync(join(root, 'examples', chapter, 'README.md'), 'utf8')
      for (const { 1: file, index } of readme.matchAll(/^```\w+ (\S+)$/gm)) {
        const prose = readme.slice(0, index).replaceAll(/^```[\s\S]*?^```$/gm, '')
        expect(prose, `the text before the block of ${file}`).toContain(file)
      }
    },
  )

  it.each(chapters)('%s shows the code that is in its folder', (chapter) => {
    const folder = join(root, 'examples', chapter)
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    const blocks = [...readme.matchAll(/^```(\S*)(?: (\S+))?\n([\s\S]*?)^```$/gm)]
    const code = blocks.filter(([, language]) => ['ts', 'tsx', 'css', 'html', 'eta'].includes(language!))
    expect(code).not.toEqual([])
    for (const [, language, file, text] of code) {
      expect(file, `a block of ${language} names its file: \`\`\`${language} file`).toBeDefined()
      expect(existsSync(join(folder, file!)), file).toBe(true)
      expect(readFileSync(join(folder, file!), 'utf8'), file).toContain(text)
    }
  })
})

describe('the tutorial in Chinese', () => {
  it('has the same chapters', () => {
    const pages = globSync('*.md', { cwd: join(root, 'docs/zh/tutorial') }).sort()
    expect(pages).toEqual(chapters.map((chapter) => `${chapter}.md`))
  })

  it.each(chapters)('%s has the code blocks and the headings of the English chapter', (chapter) => {
    const translated = partsOf(`docs/zh/tutorial/${chapter}.md`)
    const english = partsOf(`examples/${chapter}/README.md`)
    expect(translated.code).toEqual(english.code)
    expect(translated.headings).toEqual(english.headings)
  })
})

/** Returns the code blocks of a page, and the levels of its headings. */
function partsOf(page: string): { code: string[]; headings: string[] } {
  const markdown = readFileSync(join(root, page), 'utf8')
  const block = /^```[\s\S]*?^```$/gm
  return {
    code: markdown.match(block) ?? [],
    headings: markdown.replaceAll(block, '').match(/^#+(?= )/gm) ?? [],
  }
}
