/**
 * Every block of code on the site is checked. Blocks with the name of a file are part of that file, which has tests of its own;
 * `ts` blocks without one are type-checked by scripts/doc-examples.test.ts; all others are checked here.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Eta } from 'eta'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { collectExamples } from '../scripts/doc-examples.ts'
import { requireProgram } from '../scripts/programs.ts'
import { pageOf, root } from './.vitepress/pages.ts'
import { hasPython, runPython } from './python.ts'

const scratch = join(import.meta.dirname, '.build/code')
mkdirSync(scratch, { recursive: true })
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Block {
  /** `docs/guides/moving.md:46`. */
  readonly where: string
  readonly page: string
  readonly language: string
  /** What follows the language: the name of a file, or `no-run`. */
  readonly info: string
  readonly text: string
}

// A chapter in Chinese has the same blocks as the one in English: see scripts/examples.test.ts.
const exclude = ['**/node_modules/**', 'docs/zh/**', 'docs/api/**']
const pages = globSync('**/*.md', { cwd: root, exclude }).filter((page) => pageOf(page) !== undefined)
const blocks: Block[] = pages.flatMap((page) => {
  const markdown = readFileSync(join(root, page), 'utf8')
  return [...markdown.matchAll(/^```([\w-]*) ?(\S*)\n([\s\S]*?)^```$/gm)].map(
    ({ index, 1: language = '', 2: info = '', 3: text = '' }) => ({
      where: `${page}:${markdown.slice(0, index).split('\n').length}`,
      page,
      language,
      info,
      text,
    }),
  )
})
const isNamed = ({ info }: Block) => info !== '' && info !== 'no-run'
const blocksOf = (...languages: string[]) =>
  blocks.filter((block) => languages.includes(block.language) && !isNamed(block))

describe('the code on the site', () => {
  it('is part of the file that a block names', () => {
    const named = blocks.filter(isNamed)
    expect(named.length).toBeGreaterThan(100)
    for (const { page, info, where, text } of named) {
      expect(readFileSync(join(root, dirname(page), info), 'utf8'), where).toContain(text)
    }
  })

  it('is in a language that is checked here', () => {
    const checked = ['', 'text', 'ts', 'js', 'py', 'python', 'sh', 'json', 'yaml', 'html', 'nginx', 'apache']
    const others = blocks.filter((block) => !checked.includes(block.language) && !isNamed(block))
    expect(others.map(({ where, language }) => `${where} ${language}`)).toEqual([])
  })

  it('is type-checked in TypeScript', () => {
    const examples = new Set(collectExamples().map(({ where }) => where))
    const typescript = blocksOf('ts').map(({ where }) => where)
    expect(typescript.length).toBeGreaterThan(150)
    expect(typescript.filter((where) => !examples.has(where))).toEqual([])
  })

  it('is run in JavaScript by the test of the page about moving', () => {
    expect(new Set(blocksOf('js').map(({ page }) => page))).toEqual(new Set(['docs/guides/moving.md']))
  })

  it('is compared with tested files for Apache', () => {
    const tested = readFileSync(join(root, 'packages/uwsgi/README.md'), 'utf8')
    for (const { where, text } of blocksOf('apache')) {
      expect(tested, where).toContain(text.replace('/run/app/uwsgi.sock', '/run/app.sock'))
    }
  })

  it('can be parsed in JSON, YAML, and as a template', () => {
    const eta = new Eta()
    const parsers = { json: JSON.parse, yaml: parse, html: (text: string) => eta.compile(text) }
    for (const [language, parser] of Object.entries(parsers)) {
      const found = blocksOf(language)
      expect(found).not.toEqual([])
      for (const { where, text } of found) expect(() => parser(text), where).not.toThrow()
    }
  })

  it('can be parsed by a shell', () => {
    const commands = blocksOf('sh').map(({ where, text }) => `# ${where}\nblock() {\n${text}}\n`)
    expect(commands.length).toBeGreaterThan(80)
    writeFileSync(join(scratch, 'commands.sh'), commands.join(''))
    expect(spawnSync('sh', ['-n', 'commands.sh'], { cwd: scratch, encoding: 'utf8' }).stderr).toBe('')
  })
})

describe.runIf(hasPython)('the code on the site, in Python', () => {
  it('compiles', () => {
    const programs = blocksOf('py', 'python').map(({ where, text }) => ({ where, text }))
    expect(programs.length).toBeGreaterThan(3)
    writeFileSync(join(scratch, 'programs.json'), JSON.stringify(programs))
    const code = `import json
for program in json.load(open("programs.json")):
    compile(program["text"], program["where"], "exec")`
    expect(runPython(scratch, code)).toBeUndefined()
  })
})

const nginx = requireProgram('nginx')

describe.runIf(nginx)('the code on the site, for nginx', () => {
  it.each(blocksOf('nginx'))('$where is accepted by nginx', ({ text }) => {
    const server = text.startsWith('location') ? `server { listen 127.0.0.1:80; ${text} }` : text
    const complete = server.replaceAll('include uwsgi_params', 'include /etc/nginx/uwsgi_params')
    const file = join(scratch, 'nginx.conf')
    writeFileSync(
      file,
      `pid ${scratch}/pid; error_log stderr; events {} http { access_log off; ${complete} }`,
    )
    const { stderr } = spawnSync(nginx!, ['-t', '-e', 'stderr', '-c', file], { encoding: 'utf8' })
    expect(stderr).toContain('test is successful')
  })
})
