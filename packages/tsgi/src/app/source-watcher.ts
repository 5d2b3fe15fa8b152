import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Tells of changes to files, some milliseconds after the last of them. */
export class SourceWatcher {
  readonly #folders = new Map<string, { readonly watcher: FSWatcher; readonly names: Set<string> }>()
  readonly #onChange: (file: string) => void
  #timer: NodeJS.Timeout | undefined

  constructor(onChange: (file: string) => void) {
    this.#onChange = onChange
  }

  /** Watches this file too. Its folder is what is watched: editors put a new file in the place of the old one. */
  add(file: string): void {
    const path = dirname(file)
    const folder = this.#folders.get(path)
    if (folder !== undefined) {
      folder.names.add(basename(file))
      return
    }
    const names = new Set([basename(file)])
    const watcher = watch(path, { persistent: false }, (_, name) => {
      if (name === null || !names.has(name)) return
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#onChange(`${path}/${name}`), SETTLE_MS)
    })
    // A folder that is gone changes no more.
    watcher.on('error', () => this.#folders.delete(path))
    this.#folders.set(path, { watcher, names })
  }
}

/** Saving all files of an editor is one change. */
const SETTLE_MS = 50
