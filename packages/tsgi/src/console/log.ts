/** Writes a line of the command to standard output. */
export function log(line: string): void {
  console.log(`tsgi: ${line}`)
}

/** Writes a line of the command to standard error. */
export function warn(line: string): void {
  console.error(`tsgi: ${line}`)
}
