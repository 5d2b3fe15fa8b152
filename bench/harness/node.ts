/** The versions of Node that servers run on. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bench } from './contenders.ts'

/**
 * Returns the binary of a version of Node.
 *
 * @param choice A major version, such as `26`, or the path of a binary.
 * @throws Error if it is not installed.
 */
export function nodeBinary(choice: string): string {
  if (choice === String(process.versions.node.split('.')[0])) return process.execPath
  const binary = choice.includes('/') ? choice : join(bench, 'node_modules', `node-${choice}`, 'bin/node')
  if (existsSync(binary)) return binary
  throw new Error(
    choice.includes('/')
      ? `there is no Node at ${choice}`
      : `Node ${choice} is not installed here; give the path of its binary instead`,
  )
}

/** Returns the version of a binary: `v24.21.0`. */
export function nodeVersion(binary: string): string {
  if (binary === process.execPath) return process.version
  return execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim()
}
