/**
 * Folders on runtimes with Node's file system: Node, Bun and Deno.
 *
 * Files are looked up synchronously: the kernel answers from memory within microseconds, a fraction of what a trip to the
 * thread pool costs, and a request for no file stays synchronous. Contents are read asynchronously.
 */
import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe } from '@tsgi/core/options'
import type { FolderModule } from './folder.ts'
import { FolderFile } from './folder-file.ts'
import { isWindowsName } from './windows-name.ts'

export const openFolder: FolderModule['openFolder'] = (option, path, symlinks) => {
  const root = realRoot(option, path)
  const prefix = root.endsWith(sep) ? root : root + sep
  const canLeave = symlinks === 'anywhere'
  return {
    find(segments) {
      if (process.platform === 'win32' && !segments.every(isWindowsName)) return undefined
      return found(() => {
        const path = prefix + segments.join(sep)
        const stats = lstatSync(path, { throwIfNoEntry: false })
        if (stats === undefined) return undefined
        if (isReal(prefix, segments, path, stats)) return toFile(path, stats)
        if (!isExact(root, segments, canLeave)) return undefined
        const real = realpathSync.native(path)
        return toFile(real, statSync(real))
      })
    },
  }
}

export const findFile: FolderModule['findFile'] = (path) =>
  found(() => {
    const real = realpathSync.native(toPath(path))
    return toFile(real, statSync(real))
  })

function toFile(path: string, stats: Stats): FolderFile | undefined {
  // Opening a FIFO would wait for a writer, and opening a device may have effects.
  return stats.isFile() ? new FolderFile(path, stats) : undefined
}

/** Whether the file system may find a file under another spelling of its name. */
const ignoresSpelling = process.platform === 'win32' || process.platform === 'darwin'

/** Reports whether a path has no links, and each segment is spelled as on the disk. */
function isReal(prefix: string, segments: readonly string[], path: string, stats: Stats): boolean {
  if (ignoresSpelling) return realpathSync.native(path) === path
  // For most paths, this takes a third of the time of `realpath`.
  let folder = prefix
  for (let at = 0; at < segments.length - 1; at++) {
    folder += segments[at]
    if (lstatSync(folder).isSymbolicLink()) return false
    folder += sep
  }
  return !stats.isSymbolicLink()
}

/**
 * Reports whether each segment is spelled as on the disk, and links lead to where they may. On file systems that ignore case
 * or Unicode normalization or have short names, such as `SECRET~1`, other spellings would get past a guard of `/admin/`.
 *
 * @param canLeave Whether links may lead out of the root.
 */
function isExact(root: string, segments: readonly string[], canLeave: boolean): boolean {
  let real = root
  for (const segment of segments) {
    const next = join(real, segment)
    const target = realpathSync.native(next)
    if (target !== next) {
      if (!lstatSync(next).isSymbolicLink()) return false
      // The target does not tell how the name of the link is spelled.
      if (ignoresSpelling && !readdirSync(real).includes(segment)) return false
      if (!canLeave && !isInside(root, target)) return false
    }
    real = target
  }
  return true
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

function toPath(path: string | URL): string {
  return path instanceof URL ? fileURLToPath(path) : resolve(path)
}

function realRoot(option: string, path: string | URL): string {
  if (path !== '' && (typeof path === 'string' || path instanceof URL)) {
    try {
      const root = realpathSync.native(toPath(path))
      if (statSync(root).isDirectory()) return root
    } catch (cause) {
      throw new TypeError(`${option} must be an existing folder, got ${shown(path)}`, { cause })
    }
  }
  throw new TypeError(`${option} must be the path or file: URL of a folder, got ${shown(path)}`)
}

function shown(path: unknown): string {
  if (path instanceof URL) return path.href
  if (typeof path !== 'string' || path === '') return describe(path)
  return resolve(path) === path ? describe(path) : `${describe(path)} (${resolve(path)})`
}

/** Errors for paths that no file can have, or none that this process may see. */
const NOT_FOUND = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'EACCES',
  'EPERM',
  'EINVAL',
  'ERR_INVALID_ARG_VALUE',
])

function found<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch (error) {
    if (NOT_FOUND.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
