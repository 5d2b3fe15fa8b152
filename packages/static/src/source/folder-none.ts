/** For runtimes without a file system. See `folder-node.ts`. */
import type { FolderModule } from './folder.ts'

export const openFolder: FolderModule['openFolder'] = (option) => {
  throw new TypeError(
    `${option} cannot be a folder, because this runtime has no file system: pass a FileSource`,
  )
}

export const findFile: FolderModule['findFile'] = () => {
  throw new TypeError('sendFile: this runtime has no file system: pass a FileSource as root')
}
