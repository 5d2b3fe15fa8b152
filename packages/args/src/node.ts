/**
 * Saves uploaded files to a folder on Node, Bun and Deno: `@tsgi/args/node`.
 */
import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe } from '@tsgi/core/options'
import type { FilePart } from './multipart/form-part.ts'

/** A file that {@link saveTo} has saved. */
export interface SavedFile {
  /** The absolute path: a random name in the folder. */
  readonly path: string
  /** The name of the file on the client's computer. Never use it as a path. */
  readonly filename: string
  /** The media type that the client declared. */
  readonly type: string
  /** The number of bytes. */
  readonly size: number
}

/**
 * Returns the functions `receive` and `discard` of a file that is saved to a folder while it arrives. The names are random,
 * existing files are never overwritten, and a file that is not complete is deleted.
 *
 * @param folder The path or `file:` URL of an existing folder.
 * @throws TypeError if there is no such folder.
 *
 * @example
 * ```ts
 * import { mkdtemp, readFile } from 'node:fs/promises'
 * import { args, file, formBody } from '@tsgi/args'
 * import { saveTo } from '@tsgi/args/node'
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { z } from 'zod'
 *
 * const folder = await mkdtemp('/tmp/uploads-')
 * const video = file({ maxSize: 5_000_000_000, ...saveTo(folder) })
 * const body = formBody(z.object({}), { files: { video } })
 * const web = client(
 *   args({ body })(async ({ args }) => text(await readFile(args.body.video.path, 'utf8'))),
 * )
 *
 * const form = new FormData()
 * form.append('video', new File(['…'], 'sea.mp4'))
 * const response = await web.post('/', { form })
 * await response.text() // => '…'
 * ```
 */
export function saveTo(folder: string | URL): {
  receive(part: FilePart): Promise<SavedFile>
  discard(file: SavedFile): Promise<void>
} {
  if (typeof folder !== 'string' && !(folder instanceof URL)) {
    throw new TypeError(`saveTo: folder must be a path or a file: URL, got ${describe(folder)}`)
  }
  const root = resolve(folder instanceof URL ? fileURLToPath(folder) : folder)
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TypeError(`saveTo: folder must be an existing folder, got ${describe(root)}`)
  }
  return {
    async receive({ filename, type, body }) {
      const path = join(root, randomUUID())
      const handle = await open(path, 'wx')
      let size = 0
      try {
        for await (const chunk of body) {
          await handle.writeFile(chunk)
          size += chunk.byteLength
        }
        await handle.close()
      } catch (error) {
        await handle.close().catch(() => {})
        await rm(path, { force: true })
        throw error
      }
      return { path, filename, type, size }
    },
    async discard({ path }) {
      await rm(path, { force: true })
    },
  }
}
