import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { warn } from '../console/log.ts'

/** Watches files, and reports changes when no more have followed for some milliseconds. */
export class SourceWatcher {
  readonly #folders = new Map<string, { readonly watcher: FSWatcher; readonly names: Set<string> }>()
  readonly #onChange: (file: string) => void
  #timer: NodeJS.Timeout | undefined

  constructor(onChange: (file: string) => void) {
    this.#onChange = onChange
  }

  /** Adds a file. Its folder is watched, because editors replace files instead of writing to them. */
  add(file: string): void {
    const path = dirname(file)
    const folder = this.#folders.get(path)
    if (folder !== undefined) {
      folder.names.add(basename(file))
      return
    }
    const names = new Set([basename(file)])
    try {
      const watcher = watch(path, { persistent: false }, (_, name) => {
        if (name === null || !names.has(name)) return
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.#onChange(`${path}/${name}`), SETTLE_MS)
      })
      // The folder was deleted.
      watcher.on('error', () => this.#folders.delete(path))
      this.#folders.set(path, { watcher, names })
    } catch (error) {
      warn(`changes in ${path} cannot be watched: ${(error as Error).message}`)
    }
  }
}

/** Milliseconds. An editor that saves several files should cause only one restart. */
const SETTLE_MS = 50
