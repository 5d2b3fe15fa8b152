/** Runs Python in tests. uWSGI has it inside, so that no other program is needed. */
import { spawnSync } from 'node:child_process'
import { requireProgram } from '../scripts/programs.ts'

const uwsgi = requireProgram('uwsgi-python3') && requireProgram('uwsgi')

/** Whether Python can be run. */
export const hasPython: boolean = uwsgi !== undefined

/** Runs code in a folder; returns the error that it throws, or `undefined`. */
export function runPython(folder: string, code: string): string | undefined {
  const lines = code.split('\n').map((line) => `    ${line}`)
  const whole = `import os, traceback\ntry:\n${lines.join('\n')}\nexcept BaseException:\n    traceback.print_exc(); os._exit(1)\nos._exit(0)`
  const args = ['--plugins', 'python3', '--http-socket', '127.0.0.1:0', '--eval', whole]
  const { status, stderr } = spawnSync(uwsgi!, args, { cwd: folder, encoding: 'utf8' })
  return status === 0 ? undefined : stderr
}
