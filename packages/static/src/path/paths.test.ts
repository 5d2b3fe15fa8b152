import { type Application, HttpError, mount, stack } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { serve } from '@tsgi/server'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { send } from '../../test/send.ts'
import { Folder, inside, isInside, site } from '../../test/site.ts'
import { staticFiles } from '../index.ts'

const folder = await Folder.create({
  'public/a.txt': 'a',
  'public/50%.txt': '50%',
  'public/a b.txt': 'a b',
  'public/ünï.txt': 'ünï',
  'public/a%2fb': 'a%2fb',
  'public/a+b (1).txt': 'a+b (1)',
  'public/sub/secret.txt': 'secret',
  'public/.env': 'PASSWORD=1',
  'public/.git/config': 'git',
  'public/sub/.x/y': 'y',
  'public/.well-known/security.txt': 'Contact',
  'public/.well-known/.hidden': 'hidden',
  'public/sub/.well-known/x': 'x',
  'public/..a': 'two dots',
  'outside.txt': 'outside',
  'public-not/a.txt': 'a folder whose name begins with that of the root',
})
const root = folder.at('public')
const web = client(staticFiles(root)(inside))

describe('paths', () => {
  it.each([
    '/sub%2fsecret.txt',
    '/sub%2Fsecret.txt',
    '/sub%5Csecret.txt',
    '/sub%5csecret.txt',
    '/..%2foutside.txt',
    '/..%5coutside.txt',
    '/sub/..%2f..%2foutside.txt',
    '/%2e%2e%2foutside.txt',
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/sub/%2E./%2e%2e/%2e%2e/outside.txt',
    '/..%2fpublic-not/a.txt',
    '/%2foutside.txt',
    '/%252e%252e/outside.txt',
    '/c:/windows/win.ini',
    '/file:%2f%2f/etc/passwd',
  ])('finds nothing under %s', async (path) => {
    expect(await isInside(await web.get(path))).toBe(true)
  })

  it.each([
    '//sub/secret.txt',
    '/sub//secret.txt',
    '//',
    '///',
    '//evil.com/..',
    '//evil.com/%2e%2e',
    '//sub',
    '/sub//',
  ])('finds nothing under %s, and redirects nowhere', async (path) => {
    const everything = client(staticFiles(root, { index: 'secret.txt', dotfiles: true })(inside))
    const response = await everything.get(path)
    expect(response.headers.get('location')).toBeNull()
    expect(await isInside(response)).toBe(true)
  })

  it.each([
    '/%',
    '/%zz',
    '/a.txt%',
    '/%c3',
    '/%c3%28',
    '/%ff',
    '/a.txt%00.png',
    '/a.txt%00',
    '/%00',
    `/${'a'.repeat(5000)}`,
  ])('asks the application inside for %s', async (path) => {
    expect(await isInside(await web.get(path))).toBe(true)
  })

  it.each([
    ['/50%25.txt', '50%'],
    ['/a%20b.txt', 'a b'],
    ['/%C3%BCn%C3%AF.txt', 'ünï'],
    ['/%c3%bcn%c3%af.txt', 'ünï'],
    ['/ünï.txt', 'ünï'],
    ['/a%252fb', 'a%2fb'],
    ['/a+b%20(1).txt', 'a+b (1)'],
    ['/a%2Bb%20%281%29.txt', 'a+b (1)'],
  ])('decodes %s once', async (path, content) => {
    expect(await (await web.get(path)).text()).toBe(content)
  })

  it.each([
    '/.env',
    '/.git/config',
    '/%2eenv',
    '/sub/.x/y',
    '/.well-known/.hidden',
    '/sub/.well-known/x',
    '/..a',
  ])('does not serve the dotfile %s unless told to', async (path) => {
    expect(await isInside(await web.get(path))).toBe(true)
    const open = client(staticFiles(root, { dotfiles: true })(inside))
    expect((await open.get(path)).status).toBe(200)
  })

  it('serves /.well-known/', async () => {
    expect(await (await web.get('/.well-known/security.txt')).text()).toBe('Contact')
  })

  it('keeps . and .. out even if dotfiles are served', async () => {
    const open = client(staticFiles(root, { dotfiles: true })(inside))
    for (const path of ['/sub/..%2f..%2foutside.txt', '/..%2foutside.txt', '/sub/.%2fsecret.txt'])
      expect(await isInside(await open.get(path))).toBe(true)
  })

  it('lets no spelling past a guard that is mounted in front', async () => {
    const refuse: Application = () => {
      throw new HttpError(403)
    }
    await using server = await serve(stack(mount('/sub', refuse), staticFiles(root))(inside), {
      listen: 'http://127.0.0.1:0',
    })
    const encoded = (character: string) =>
      fc.constantFrom(character, `%${character.charCodeAt(0).toString(16)}`, character.toUpperCase())
    const word = (text: string) => fc.tuple(...[...text].map(encoded)).map((parts) => parts.join(''))
    const slash = fc.constantFrom(
      '/',
      '//',
      '/./',
      '%2f',
      '\\',
      '%5c',
      '/x/../',
      '/%2e/',
      '/x/%2e%2e/',
      ';/',
      '%00/',
    )
    const path = fc.tuple(slash, word('sub'), slash, word('secret.txt')).map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(path, async (path) => {
        const { status, body } = await send(server.addresses[0]!, path.startsWith('/') ? path : `/${path}`)
        expect(body).not.toBe('secret')
        expect([400, 403, 404]).toContain(status)
      }),
      { numRuns: 300 },
    )
  })

  it('finds nothing outside of the root, whatever the path', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2f',
      '%5c',
      '%00',
      '%',
      'sub',
      'outside.txt',
      'public',
      ':',
      ' ',
    )
    const open = site(folder, { dotfiles: true, index: 'outside.txt' })
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const inner = client(
          mount('/x', staticFiles(root, { dotfiles: true, index: 'outside.txt' })(inside))(inside),
        )
        const response = await inner.get(`/x/${pieces.join('')}`)
        expect(await response.text()).not.toBe('outside')
      }),
      { numRuns: 500 },
    )
    expect(await (await open.get('/')).text()).toBe('outside')
  })
})
