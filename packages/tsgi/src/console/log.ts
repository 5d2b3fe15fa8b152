/** Writes a line of the command to standard output. */
export function log(line: string): void {
  console.log(`tsgi: ${line}`)
}

/** Writes a line of the command to standard error. */
export function warn(line: string): void {
  console.error(`tsgi: ${line}`)
}

/** Loses lines, not the process, if standard output or standard error fails: a full disk, or a pipe without a reader. */
export function ignoreOutputErrors(): void {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {})
}

/** Returns a number with its noun: `'1 worker'`, `'2 workers'`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
