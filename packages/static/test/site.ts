import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Application, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { afterAll } from 'vitest'
import { type StaticFilesOptions, staticFiles } from '../src/index.ts'

export const anHourAgo = new Date(Date.now() - 3_600_000)

/** A temporary folder, which is removed after the tests of the file. */
export class Folder {
  readonly path: string

  constructor(path: string) {
    this.path = path
    afterAll(() => rm(path, { recursive: true, force: true }))
  }

  static async create(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<Folder> {
    const folder = new Folder(await realpath(await mkdtemp(join(tmpdir(), 'tsgi-static-'))))
    for (const [name, content] of Object.entries(files)) await folder.write(name, content)
    return folder
  }

  at(name: string): string {
    return join(this.path, name)
  }

  remove(name: string): Promise<void> {
    return rm(this.at(name), { recursive: true })
  }

  /** Writes a file that was last modified at the given time, by default an hour ago. */
  async write(name: string, content: string | Uint8Array, modified: Date = anHourAgo): Promise<void> {
    await mkdir(dirname(this.at(name)), { recursive: true })
    await writeFile(this.at(name), content)
    await utimes(this.at(name), modified, modified)
  }
}

/** The application inside. */
export const inside: Application = ({ method, pathInfo }) =>
  text(`inside: ${method} ${pathInfo}`, { status: 404 })

export function site(folder: Folder, options?: StaticFilesOptions): Client {
  return client(staticFiles(folder.path, options)(inside))
}

/** Reports whether a response is that of the application inside. */
export async function isInside(response: Response): Promise<boolean> {
  return response.status === 404 && (await response.text()).startsWith('inside: ')
}
