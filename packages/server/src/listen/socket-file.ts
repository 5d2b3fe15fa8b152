import { lstatSync, unlinkSync } from 'node:fs'
import { link, lstat, rename, unlink } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { dirname, join } from 'node:path'

/**
 * Makes a server listen on a Unix socket. Replaces the file if no process listens on it, because a killed process left
 * it behind.
 *
 * When a server closes, libuv removes the name that its socket was bound to, even if another process has bound the same
 * name since. So this binds another name, and removes the file only if it still belongs to the server.
 */
export async function listenOnFile(
  server: Server,
  path: string,
  bind: (path: string) => Promise<void>,
): Promise<void> {
  if (await isStale(path)) await unlink(path)
  const staged = join(dirname(path), `.${Math.random().toString(36).slice(2, 8)}`)
  // If the file is in use, this fails with an error that names the path. The other name may be too long.
  if ((await exists(path)) || !(await succeeds(bind(staged)))) return await bind(path)
  try {
    await link(staged, path)
    await unlink(staged)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      server.close()
      throw error
    }
    // The file system has no hard links.
    await rename(staged, path)
  }
  const { ino, dev } = await lstat(path)
  server.once('close', () => {
    try {
      const now = lstatSync(path)
      if (now.ino === ino && now.dev === dev) unlinkSync(path)
    } catch {
      // The file has been removed.
    }
  })
}

function exists(path: string): Promise<boolean> {
  return succeeds(lstat(path))
}

function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  )
}

/** Whether a file is a socket that no process listens on. */
async function isStale(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats?.isSocket() !== true) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
  socket.on('connect', () => {
    socket.destroy()
    resolve(false)
  })
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  return promise
}
