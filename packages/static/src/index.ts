/** Serves files: from a folder, from memory or from any other source. */
export type { StaticFilesOptions } from './options.ts'
export { type SendFileOptions, sendFile } from './send-file.ts'
export type { FileContent, FileSource, SourceFile } from './source/file-source.ts'
export { memoryFiles } from './source/memory-files.ts'
export { staticFiles } from './static-files.ts'
