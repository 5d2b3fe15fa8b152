/** The folder of the work `static`. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The path of the folder, which is written on first use. */
export const root: string = join(tmpdir(), 'tsgi-bench-static')

export const small: string = 'a'.repeat(1024)
export const large: string = 'b'.repeat(2 ** 20)

if (!existsSync(root)) {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-bench-'))
  mkdirSync(join(folder, 'assets'))
  // Some contenders only send parts of files that cannot be compressed.
  for (const [name, content] of [
    ['assets/small.png', small],
    ['assets/large.png', large],
  ] as const) {
    writeFileSync(join(folder, name), content)
    const anHourAgo = new Date(Date.now() - 3_600_000)
    utimesSync(join(folder, name), anHourAgo, anHourAgo)
  }
  try {
    renameSync(folder, root)
  } catch (error) {
    // Another process was faster.
    if (!existsSync(root)) throw error
  }
}
