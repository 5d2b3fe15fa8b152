import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TemplateError, type TemplateErrorCode, templates } from '../index.ts'

let folder: string
let root: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-names-'))
  root = join(folder, 'views')
  await mkdir(join(root, 'users'), { recursive: true })
  await mkdir(join(root, '..2026'))
  await mkdir(join(root, 'folder.eta'))
  await writeFile(join(folder, 'secret.eta'), 'secret')
  await writeFile(join(folder, 'views-secret.eta'), 'secret')
  await writeFile(join(root, '.hidden.eta'), 'hidden')
  for (const name of ['home', 'release-1.2', 'größe', 'users/show', '..2026/linked']) {
    await writeFile(join(root, `${name}.eta`), name)
  }
  await writeFile(join(root, 'bom.eta'), '\uFEFFbom')
  await writeFile(join(root, 'include.eta'), '<%~ include(it.name) %>')
  await writeFile(join(root, 'users', 'include.eta'), '<%~ include(it.name) %>')
  await symlink(join(folder, 'secret.eta'), join(root, 'link.eta'))
  await symlink(folder, join(root, 'out'))
  await symlink(join(root, '..2026'), join(root, 'current'))
  await symlink(root, join(folder, 'linked-root'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Returns the text of the rendered template, or the error in the log. */
async function rendered(name: string, data: object = {}, from = root): Promise<string | TemplateError> {
  const web = client(
    templates({ root: from })(({ render }) => render(name, data)),
    { errors: { write() {} } },
  )
  const response = await web.get('/')
  if (response.status === 200) return response.text()
  expect(web.errors[0]).toBeInstanceOf(TemplateError)
  expect(await response.text()).not.toContain(folder)
  return web.errors[0] as TemplateError
}

describe('the name of a template', () => {
  it.each([
    ['home', 'home'],
    ['home.eta', 'home'],
    ['users/show', 'users/show'],
    ['release-1.2', 'release-1.2'],
    ['größe', 'größe'],
    ['bom', 'bom'],
    ['current/linked', '..2026/linked'],
  ])('%s refers to a file', async (name, text) => {
    expect(await rendered(name)).toBe(text)
  })

  it('works if the root itself is a symbolic link', async () => {
    expect(await rendered('users/show', {}, join(folder, 'linked-root'))).toBe('users/show')
  })

  it.each<[TemplateErrorCode, string]>([
    ['invalid-name', '../secret'],
    ['invalid-name', '../views-secret'],
    ['invalid-name', 'users/../../secret'],
    ['invalid-name', 'users/../home'],
    ['invalid-name', './home'],
    ['invalid-name', '/home'],
    ['invalid-name', '//home'],
    ['invalid-name', 'users//show'],
    ['invalid-name', 'users/'],
    ['invalid-name', ''],
    ['invalid-name', '.'],
    ['invalid-name', '..'],
    ['invalid-name', '.hidden'],
    ['invalid-name', '..%2fsecret'],
    ['invalid-name', '%2e%2e/secret'],
    ['invalid-name', '..\\secret'],
    ['invalid-name', 'users\\show'],
    ['invalid-name', 'C:/secret'],
    ['invalid-name', 'home\0'],
    ['invalid-name', 'home\n'],
    ['invalid-name', 'home\n../x'],
    ['invalid-name', '@home'],
    ['invalid-name', 'file:///etc/passwd'],
    ['invalid-name', 'link'],
    ['invalid-name', 'out/secret'],
    ['not-found', 'nowhere'],
    ['not-found', 'home/below-a-file'],
    ['not-found', 'folder'],
    ['not-found', 'users'],
    ['not-found', 'x'.repeat(5000)],
    ['not-found', '__proto__'],
    ['not-found', 'constructor'],
  ])('is rejected as %s: %j', async (code, name) => {
    const error = (await rendered(name)) as TemplateError
    expect(error).toMatchObject({ code, file: undefined, line: undefined })
    expect(error.message).toContain(JSON.stringify(name))
  })

  it('is rejected if it is not a string', async () => {
    for (const name of [undefined, null, 7, ['home'], { toString: () => 'home' }]) {
      expect(await rendered(name as string)).toMatchObject({ code: 'invalid-name' })
    }
  })

  it('is reported with the path of the file if the file does not exist', async () => {
    const error = (await rendered('users/nobody')) as TemplateError
    expect(error.message).toBe(
      `There is no template "users/nobody": looked for ${join(root, 'users', 'nobody.eta')}`,
    )
  })

  it.each([
    ['include', 'users/show', 'users/show'],
    ['include', '/users/show', 'users/show'],
    ['include', './users/../home', 'home'],
    ['users/include', 'show', 'users/show'],
    ['users/include', './show', 'users/show'],
    ['users/include', '../home', 'home'],
    ['users/include', '/home', 'home'],
  ])('can be relative in a template: %s includes %s', async (from, name, text) => {
    expect(await rendered(from, { name })).toBe(text)
  })

  it.each([
    '../secret',
    '../../secret',
    '/../secret',
    '/../../../../../../etc/passwd',
    '..%2fsecret',
    '..\\secret',
    '../link',
    '/out/secret',
    '/.hidden',
    '@secret',
    'show\0',
    '',
    '/',
    '..',
  ])('cannot leave the root in a template: %j', async (name) => {
    const error = (await rendered('include', { name })) as TemplateError
    expect(error).toMatchObject({ code: 'runtime', file: join(root, 'include.eta'), line: 1 })
  })

  it('never refers to a file outside the root', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2f',
      '%2e',
      '\0',
      'secret',
      'users',
      'link',
      'out',
      'home',
      '.eta',
    )
    const name = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    )
    await fc.assert(
      fc.asyncProperty(name, fc.constantFrom('include', 'users/include'), async (name, from) => {
        for (const result of [await rendered(name), await rendered(from, { name })]) {
          if (typeof result === 'string') expect(result).not.toContain('secret')
        }
      }),
      { numRuns: 300 },
    )
  })
})
