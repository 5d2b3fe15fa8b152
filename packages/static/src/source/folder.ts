import type { FileSource, SourceFile } from './file-source.ts'

/** What `#folder` exports, on runtimes with and without a file system. */
export interface FolderModule {
  /**
   * Opens a folder as a source. The path may be relative to the current directory, or a `file:` URL.
   *
   * @param option The name that the error message begins with.
   * @param symlinks Whether links may lead out of the folder.
   * @throws TypeError if it is not a folder.
   */
  openFolder(option: string, path: string | URL, symlinks: 'inside' | 'anywhere'): FolderSource
  /** Returns a single file, wherever it is. */
  findFile(path: string | URL): SourceFile | undefined
}

/** A source that answers immediately. */
export interface FolderSource extends FileSource {
  find(segments: readonly string[]): SourceFile | undefined
}
