export type { KindName } from './kinds.ts'
export type { PackageManager } from './package-managers.ts'
export { type ProjectOptions, projectFiles } from './project.ts'
