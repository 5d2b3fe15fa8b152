import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectFiles } from 'create-tsgi'
import { afterAll, describe, expect, it } from 'vitest'

const folder = import.meta.dirname
const project = join(folder, '.build')
const files = projectFiles({ name: 'my-app', kind: 'site' })
afterAll(() => rmSync(project, { recursive: true, force: true }))

const read = (file: string) => readFileSync(join(folder, file), 'utf8')
const blocks = [...read('README.md').matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(
  ([, file = '', text = '']) => ({ file, text }),
)

describe('the project of the chapter', () => {
  it.each(['src/app.ts', 'src/web.ts', 'src/entries.ts', 'views/guestbook.eta', 'test/guestbook.test.ts'])(
    '%s is the file of a new project with what the chapter adds',
    (file) => {
      const shown = new Set(blocks.flatMap((block) => (block.file === file ? block.text.split('\n') : [])))
      const before = files.get(file)!.split('\n')
      const after = read(file).split('\n')
      expect(after.filter((line) => !before.includes(line) && !shown.has(line))).toEqual([])
      const gone = before.filter((line) => !after.includes(line))
      expect(gone).toEqual(file === 'src/app.ts' ? ["import { redirect } from '@tsgi/core'"] : [])
    },
  )

  it.each(blocks)('contains what the chapter shows of $file', ({ file, text }) => {
    expect(read(file)).toContain(text)
  })

  it('passes its tests', () => {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(project, path)), { recursive: true })
      writeFileSync(join(project, path), text)
    }
    for (const changed of ['src', 'views', 'test'])
      cpSync(join(folder, changed), join(project, changed), { recursive: true })
    const env = { ...process.env, NODE_ENV: undefined, NODE_TEST_CONTEXT: undefined }
    const output = execFileSync(process.execPath, ['--test'], { cwd: project, env, encoding: 'utf8' })
    expect(output).toMatch(/(?:✔|ok \d+ -) shows an entry to everyone/)
    expect(output).toMatch(/^[ℹ#] fail 0/m)
  })
})
