import { describe, expect, it } from 'vitest'
import { Folder } from '../test/site.ts'
import { memoryFiles, type StaticFilesOptions, staticFiles } from './index.ts'

const folder = await Folder.create({ 'index.html': 'page', 'sub/page.html': 'sub' })

describe('the options of staticFiles', () => {
  it.each<[object, string]>([
    [{ indx: 'a.html' }, "unknown option 'indx', did you mean 'index'?"],
    [{ maxAge: 60 }, "unknown option 'maxAge'"],
    [{ index: 'a/b.html' }, 'index must be a file name such as \'index.html\', or false, got "a/b.html"'],
    [{ index: '..' }, 'index must be'],
    [{ index: true }, 'index must be'],
    [{ index: '' }, 'index must be'],
    [
      { extensions: 'html' },
      'extensions must be a list of endings without a dot, such as [\'html\'], got "html"',
    ],
    [{ extensions: ['.html'] }, 'extensions must be'],
    [{ extensions: ['a/b'] }, 'extensions must be'],
    [{ dotfiles: 'allow' }, 'dotfiles must be true or false, got "allow"'],
    [{ symlinks: true }, "symlinks must be 'inside' or 'anywhere', got true"],
    [{ precompressed: ['br'] }, 'precompressed must be true or false, got an array'],
    [
      { cacheControl: 60 },
      'cacheControl must be a Cache-Control header, or a function that returns one, got 60',
    ],
    [{ cacheControl: 'a\r\nb: c' }, 'cacheControl must be'],
    [{ cacheControl: '' }, 'cacheControl must be'],
    [{ immutable: '/assets/' }, 'immutable must be a RegExp or a function, got "/assets/"'],
    [
      { fallback: '/index.html' },
      'fallback must be a relative path such as \'index.html\', got "/index.html"',
    ],
    [{ fallback: '../index.html' }, 'fallback must be'],
    [{ fallback: 7 }, 'fallback must be'],
    [{ fallback: 'missing.html' }, 'fallback must be the path of a file in the folder, got "missing.html"'],
    [{ fallback: 'sub' }, 'fallback must be the path of a file in the folder'],
  ])('are checked at start: %j', (options, message) => {
    const create = () => staticFiles(folder.path, options as StaticFilesOptions)
    expect(create).toThrow(TypeError)
    expect(create).toThrow(`staticFiles: ${message}`)
  })

  it('may all be left out or undefined', () => {
    const options = { index: undefined, fallback: undefined, immutable: undefined, precompressed: undefined }
    expect(() => staticFiles(folder.path, options as never)).not.toThrow()
    expect(() => staticFiles(memoryFiles({}), { fallback: 'later.html' })).not.toThrow()
    expect(() => staticFiles(folder.path, { fallback: 'sub/page.html' })).not.toThrow()
  })
})
