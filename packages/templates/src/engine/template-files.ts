/**
 * The folder that templates come from: which names are allowed, and which file a name stands for.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, posix, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TemplateError } from './template-error.ts'

const SEGMENT = String.raw`[\p{L}\p{M}\p{N}_\-][\p{L}\p{M}\p{N}_.\-]*`
const NAME = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`, 'u')

/** Finds and reads the templates of one folder. */
export class TemplateFiles {
  readonly #root: string
  readonly #realRoot: string
  readonly #extension: string
  /** The file of each name that was found, by the file it was asked from; none where files may change. */
  readonly #found: Map<string, string> | undefined

  constructor(root: string, extension: string, reload: boolean) {
    this.#root = root
    this.#realRoot = realpathSync(root)
    this.#extension = extension
    this.#found = reload ? undefined : new Map()
  }

  /**
   * The absolute path of the file that a name stands for.
   *
   * @param from The file of the template that asks, where one does: its names may be relative to its own folder
   *   (`nav`, `./nav`, `../nav`), or begin with `/` for the root.
   * @throws TemplateError where the name is not allowed, leaves the root, or has no file.
   */
  resolve(name: string, from?: string): string {
    if (typeof name !== 'string') throw refused(name)
    const key = `${from ?? ''}\0${name}`
    const known = this.#found?.get(key)
    if (known !== undefined) return known
    const folder = from === undefined ? '' : posix.dirname(relative(this.#root, from).replaceAll(sep, '/'))
    const fromRoot = from === undefined ? name : posix.join(name.startsWith('/') ? '' : folder, `./${name}`)
    const file = this.#find(fromRoot, name)
    this.#found?.set(key, file)
    return file
  }

  /** The text of a file that {@link resolve} returned. */
  read(file: string): string {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  }

  #find(name: string, asked: string): string {
    if (!NAME.test(name)) throw refused(asked)
    const file = join(this.#root, name.endsWith(this.#extension) ? name : name + this.#extension)
    const real = realFile(file)
    if (real === undefined) {
      const reason = `There is no template ${JSON.stringify(asked)}: looked for ${file}`
      throw new TemplateError({ code: 'missing', reason })
    }
    // A folder or file inside may be a link to elsewhere.
    if (!isInside(this.#realRoot, real)) {
      const reason = `The template ${JSON.stringify(asked)} leaves its folder: ${file} is ${real}`
      throw new TemplateError({ code: 'name', reason })
    }
    return file
  }
}

/**
 * The absolute path of the folder.
 *
 * @throws TypeError where `root` is not a folder.
 */
export function toFolder(root: string | URL): string {
  if (!(typeof root === 'string' && root !== '') && !(root instanceof URL && root.protocol === 'file:')) {
    throw new TypeError('templates: root must be the path or the file: URL of a folder')
  }
  const folder = resolve(typeof root === 'string' ? root : fileURLToPath(root))
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TypeError(`templates: root must be a folder, and ${folder} is not one`)
  }
  return folder
}

function refused(name: string): TemplateError {
  return new TemplateError({
    code: 'name',
    reason:
      `${JSON.stringify(name)} cannot name a template: a name is a path inside the folder of the templates, ` +
      'of letters, digits, "_", "-" and "." between slashes, and no part of it begins with "."',
  })
}

/** The path of a file with every link followed; undefined where there is no file. */
function realFile(path: string): string | undefined {
  try {
    const real = realpathSync(path)
    return statSync(real).isFile() ? real : undefined
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined
    throw error
  }
}

function isInside(folder: string, path: string): boolean {
  const between = relative(folder, path)
  return between !== '..' && !between.startsWith(`..${sep}`) && !isAbsolute(between)
}
