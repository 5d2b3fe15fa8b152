/** Packages without types. */

declare module '@koa/ejs' {
  import type Koa from 'koa'

  export default function render(
    app: Koa,
    settings: { root: string; layout?: string | false; viewExt?: string; cache?: boolean },
  ): void
}

declare module '@koa/multer' {
  import type { Middleware } from '@koa/router'
  import type { Options, StorageEngine } from 'multer'

  const multer: {
    (options?: Options): { single(field: string): Middleware }
    memoryStorage(): StorageEngine
  }
  export default multer
}
