/**
 * The folder of the templates: the allowed names, and the files that they refer to.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, posix, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe } from '@tsgi/core/options'
import { TemplateError } from './template-error.ts'

const SEGMENT = String.raw`[\p{L}\p{M}\p{N}_\-][\p{L}\p{M}\p{N}_.\-]*`
const NAME = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`, 'u')

/** Finds and reads the templates of one folder. */
export class TemplateFiles {
  readonly #root: string
  readonly #realRoot: string
  readonly #extension: string
  /** The files found so far, by name and by the file that includes them. Undefined if files may change. */
  readonly #found: Map<string, string> | undefined

  constructor(root: string, extension: string, reload: boolean) {
    this.#root = root
    this.#realRoot = realpathSync(root)
    this.#extension = extension
    this.#found = reload ? undefined : new Map()
  }

  /**
   * Returns the absolute path of the file that a name refers to.
   *
   * @param from The file of the template that includes it, if any. The name may then be relative to the folder of that
   *   file (`nav`, `./nav`, `../nav`), or start with `/` for the root.
   * @throws TemplateError if the name is not allowed, leaves the root, or has no file.
   */
  resolve(name: string, from?: string): string {
    if (typeof name !== 'string') throw invalidName(name)
    const key = `${from ?? ''}\0${name}`
    const known = this.#found?.get(key)
    if (known !== undefined) return known
    const folder = from === undefined ? '' : posix.dirname(relative(this.#root, from).replaceAll(sep, '/'))
    const fromRoot = from === undefined ? name : posix.join(name.startsWith('/') ? '' : folder, `./${name}`)
    const file = this.#find(fromRoot, name)
    this.#found?.set(key, file)
    return file
  }

  /** Returns the text of a file, given a path from `resolve`. */
  read(file: string): string {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  }

  #find(name: string, given: string): string {
    if (!NAME.test(name)) throw invalidName(given)
    const file = join(this.#root, name.endsWith(this.#extension) ? name : name + this.#extension)
    const real = realFile(file)
    if (real === undefined) {
      const reason = `There is no template ${JSON.stringify(given)}: looked for ${file}`
      throw new TemplateError({ code: 'not-found', reason })
    }
    // A file or folder inside the root may be a symbolic link that leads outside.
    if (!isInside(this.#realRoot, real)) {
      const reason = `The template ${JSON.stringify(given)} is outside its folder: ${file} is a link to ${real}`
      throw new TemplateError({ code: 'invalid-name', reason })
    }
    return file
  }
}

/**
 * Returns the absolute path of the folder.
 *
 * @throws TypeError if `root` is not an existing folder.
 */
export function resolveRoot(root: string | URL): string {
  const isPath = typeof root === 'string' && root !== ''
  if (!isPath && !(root instanceof URL && root.protocol === 'file:')) {
    throw new TypeError(
      `templates: root must be the path or the file: URL of a folder, got ${root instanceof URL ? root : describe(root)}`,
    )
  }
  const folder = resolve(isPath ? root : fileURLToPath(root))
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TypeError(`templates: root must be an existing folder, got ${folder}`)
  }
  return folder
}

function invalidName(name: unknown): TemplateError {
  const given = typeof name === 'string' ? JSON.stringify(name) : describe(name)
  return new TemplateError({
    code: 'invalid-name',
    reason:
      `${given} is not a valid template name: a name is a path inside the folder of the templates, made of ` +
      'letters, digits, "_", "-" and "." between slashes, and no part of it may start with "."',
  })
}

/** Returns the path of a file with all symbolic links resolved, or undefined if there is no such file. */
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
